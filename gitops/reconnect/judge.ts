/** Where the two mirrors of a site stand. Commits are full ids; undefined where there is no such branch. */
export interface MirrorsSeen {
  /** `deploy` of `deploy/<site>`. */
  readonly deploy: { readonly hub: string | undefined; readonly site: string | undefined };
  /** `main` of `site/<site>`. */
  readonly own: { readonly hub: string | undefined; readonly site: string | undefined };
}

/** What is known of the changes that a site queued, once its mirror has brought them. */
export interface ChangesSeen {
  /** Commits of `main` at the hub that are neither merged nor a branch with a conflict. */
  readonly queued: number;
  /** Branches `conflicts/<site>/...` that nobody has resolved. */
  readonly conflicts: readonly string[];
}

/** One of the steps in which a site and its hub come together again. */
export interface ReconnectStep {
  readonly step: "mirrors" | "changes";
  /** `waiting`: it comes by itself, or by what `detail` says. */
  readonly state: "done" | "waiting";
  /** One line for people. */
  readonly detail: string;
}

/**
 * Says how far a site and its hub are with their Git after a time without a link: first the mirrors, then the changes. A
 * later step is not looked at before the one before it is done, because what it sees may be old.
 * @param changes undefined while nobody has looked.
 */
export function judgeReconnect(mirrors: MirrorsSeen, changes: ChangesSeen | undefined): readonly ReconnectStep[] {
  const first = judgeMirrors(mirrors);
  return first.state === "done" ? [first, judgeChanges(changes)] : [first];
}

function judgeMirrors({ deploy, own }: MirrorsSeen): ReconnectStep {
  const apart: string[] = [];
  if (deploy.hub === undefined) apart.push("the hub has nothing for the site yet");
  else if (deploy.site !== deploy.hub) {
    apart.push(`the site's deploy is at ${shown(deploy.site)}, the hub's at ${shown(deploy.hub)}`);
  }
  // A site that never wrote anything has nothing to bring.
  if (own.site !== undefined && own.hub !== own.site) {
    apart.push(`the site's own main is at ${shown(own.site)}, and the hub has ${shown(own.hub)} of it`);
  }
  if (apart.length > 0) return { step: "mirrors", state: "waiting", detail: apart.join("; ") };
  return { step: "mirrors", state: "done", detail: `both sides have deploy at ${shown(deploy.hub)}` };
}

function judgeChanges(changes: ChangesSeen | undefined): ReconnectStep {
  if (changes === undefined)
    return { step: "changes", state: "waiting", detail: "nobody has looked at what is queued" };
  const { queued, conflicts } = changes;
  if (queued > 0) {
    const count = queued === 1 ? "a change is" : `${queued} changes are`;
    return { step: "changes", state: "waiting", detail: `${count} queued; edgewave git merge takes them over` };
  }
  // A conflict is somebody's work, not a part of coming together: it is listed, and the site is not held for it.
  const open = conflicts.length === 0 ? "" : `; open: ${conflicts.join(", ")}`;
  return { step: "changes", state: "done", detail: `nothing is queued${open}` };
}

const shown = (commit: string | undefined): string => commit?.slice(0, 10) ?? "nothing";

import type { PartAnswer, SiteReport } from "./form";
import { branchesOf, certificateEndsOf, rowsOf } from "./parts";
import { bufferedMessages } from "./warnings";

/** What a report says beside the state, for people and programs; undefined is what the site could not tell. */
export interface SiteFacts {
  /** Full id of the commit that the site's own mirror has on `deploy`. */
  readonly mirrored: string | undefined;
  /** By the site's clock, in milliseconds since the epoch. */
  readonly lastContact: number | undefined;
  readonly bufferedMessages: number | undefined;
  readonly versions: {
    readonly kubernetes: string | undefined;
    readonly gitea: string | undefined;
    /** Chart versions by Helm release. */
    readonly charts: Readonly<Record<string, string>>;
  };
  /** Milliseconds since the epoch by the name of the endpoint. */
  readonly certificates: Readonly<Record<string, number>>;
}

export function factsOf({ parts, contact }: SiteReport): SiteFacts {
  const branches = branchesOf(parts.deployRefs);
  const releases = rowsOf(parts.helmReleases);
  const charts = ("value" in releases ? releases.value : []).flatMap(({ Name, Chart }) =>
    Name === undefined || Chart === undefined ? [] : [[String(Name), String(Chart)] as const],
  );
  const certificates = certificateEndsOf(parts.certificates);
  return {
    mirrored: "value" in branches ? branches.value.get("deploy") : undefined,
    lastContact: contact?.at,
    bufferedMessages: bufferedMessages({ parts }),
    versions: {
      kubernetes: versionIn(parts.kubernetes, "gitVersion"),
      gitea: versionIn(parts.gitea, "version"),
      charts: Object.fromEntries(charts),
    },
    certificates: Object.fromEntries("value" in certificates ? certificates.value : []),
  };
}

/** A version is short, and of an alphabet that can be shown. */
function versionIn(part: PartAnswer, key: string): string | undefined {
  if ("problem" in part) return undefined;
  const [, version] = new RegExp(`"${key}"\\s*:\\s*"([A-Za-z0-9.+_-]{1,64})"`).exec(part.text) ?? [];
  return version;
}

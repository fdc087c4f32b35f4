import type { SiteGitChange } from "./plan";

/** A change in a line for people. */
export function describeSiteGit(change: SiteGitChange, site: string): string {
  const why = change.why.length === 0 ? "" : ` (${change.why.join("; ")})`;
  return `${what(change, site)}${why}`;
}

function what(change: SiteGitChange, site: string): string {
  switch (change.type) {
    case "create-organization":
      return `make the organisation ${change.organization}`;
    case "edit-account":
      return `take from ${change.user} what it should not be`;
    case "create-own":
      return `make the repository site/${site}`;
    case "edit-own":
      return `correct the repository site/${site}`;
    case "protect-main":
      return `protect main of site/${site} from being rewritten`;
    case "edit-protection":
      return `correct the protection of main of site/${site}`;
    case "create-push-mirror":
      return `push site/${site} to the hub`;
    case "remove-push-mirror":
      return `push site/${site} no longer by ${change.remoteName}`;
    case "make-mirror":
      return `mirror deploy/${site} from the hub`;
    case "replace-mirror":
      return `mirror deploy/${site} from the hub anew`;
    case "finish-replacement":
      return `put the new mirror of deploy/${site} in its place`;
    case "remove-unfinished":
      return `remove an unfinished mirror of deploy/${site}`;
    case "edit-mirror":
      return `set the mirror deploy/${site} to its interval, and to Git alone`;
    case "set-collaborator":
      return `let ${change.user} ${change.permission} ${change.repository === "own" ? "site" : "deploy"}/${site}`;
    case "create-hook":
      return `tell Flux of news in ${change.repository === "own" ? "site" : "deploy"}/${site}`;
    case "remove-hook":
      return `remove a webhook of ${change.repository === "own" ? "site" : "deploy"}/${site}`;
  }
}

import type { HubChange } from "./plan";

/** A change in a line for people. */
export function describeChange(change: HubChange): string {
  const why = change.why.length === 0 ? "" : ` (${change.why.join("; ")})`;
  return `${what(change)}${why}`;
}

function what(change: HubChange): string {
  switch (change.type) {
    case "create-organization":
      return `make the organisation ${change.organization}`;
    case "edit-organization":
      return `correct the organisation ${change.organization}`;
    case "create-user":
      return `make the account ${change.user.name}`;
    case "edit-user":
      return `correct the account ${change.user.name}`;
    case "create-team":
      return `make the team ${change.team.name} of ${change.team.organization}, which may ${change.team.permission}`;
    case "edit-team":
      return `correct the team ${change.team.name} of ${change.team.organization}`;
    case "add-member":
      return `take ${change.user} into the team ${change.team.name} of ${change.team.organization}`;
    case "remove-member":
      return `take ${change.user} out of the team ${change.team.name} of ${change.team.organization}`;
    case "create-repository":
      return `make the repository ${change.repository.name}`;
    case "edit-repository":
      return `correct the repository ${change.repository.name}`;
    case "set-collaborator":
      return `let ${change.user} ${change.permission} ${change.repository}`;
    case "remove-collaborator":
      return `let ${change.user} no longer into ${change.repository}`;
    case "remove-deploy-key":
      return `remove the deploy key "${change.title}" of ${change.repository}`;
    case "create-protection":
      return `protect ${change.protection.rule} of ${change.repository}`;
    case "edit-protection":
      return `correct the protection of ${change.protection.rule} of ${change.repository}`;
    case "remove-protection":
      return `remove the protection of ${change.rule} of ${change.repository}`;
  }
}

import type { RepositoryName } from "../gitea/api";
import type { FoundRepository, HubFound } from "./found";
import { type HubOrganization, organizations, publisher } from "./names";
import {
  differences,
  organizationSettings,
  protectionSettings,
  repositorySettings,
  teamSettings,
  userSettings,
} from "./settings";
import {
  type HubWanted,
  ownerLine,
  type WantedProtection,
  type WantedRepository,
  type WantedTeam,
  type WantedUser,
} from "./wanted";

/** One thing to do at the hub. `why` says what is not as it should be, each a part of a line; empty for what is new. */
export type HubChange = { readonly why: readonly string[] } & (
  | { readonly type: "create-organization" | "edit-organization"; readonly organization: HubOrganization }
  | { readonly type: "create-user" | "edit-user"; readonly user: WantedUser }
  | { readonly type: "create-team"; readonly team: WantedTeam }
  | { readonly type: "edit-team"; readonly team: WantedTeam; readonly id: number }
  | { readonly type: "add-member" | "remove-member"; readonly team: WantedTeam; readonly user: string }
  | { readonly type: "create-repository" | "edit-repository"; readonly repository: WantedRepository }
  | {
      readonly type: "set-collaborator";
      readonly repository: RepositoryName;
      readonly user: string;
      readonly permission: "read" | "write";
    }
  | { readonly type: "remove-collaborator"; readonly repository: RepositoryName; readonly user: string }
  | {
      readonly type: "remove-deploy-key";
      readonly repository: RepositoryName;
      readonly id: number;
      readonly title: string;
    }
  | {
      readonly type: "create-protection" | "edit-protection";
      readonly repository: RepositoryName;
      readonly protection: WantedProtection;
    }
  | { readonly type: "remove-protection"; readonly repository: RepositoryName; readonly rule: string }
);

/** Why a hub cannot be brought to what a fleet needs without taking something from somebody else. */
export interface HubObstacle {
  readonly what: string;
  readonly why: string;
}

export interface HubPlan {
  /** In an order in which they can be done. */
  readonly changes: readonly HubChange[];
  /** While there are any, nothing is changed. */
  readonly obstacles: readonly HubObstacle[];
}

/** What has to be done so that the hub is as wanted; nothing if it is. */
export function planHub(wanted: HubWanted, found: HubFound): HubPlan {
  const obstacles = wanted.repositories.flatMap(({ name }) =>
    obstacleOf(name, wanted.fleet, found.repositories.get(name)),
  );
  return {
    obstacles,
    changes: [
      ...organizations.flatMap((organization) => planOrganization(organization, found)),
      ...wanted.users.flatMap((user) => planUser(user, found)),
      ...wanted.teams.flatMap((team) => planTeam(team, found)),
      ...wanted.repositories.flatMap((repository) =>
        planRepository(repository, found.repositories.get(repository.name)),
      ),
    ],
  };
}

function obstacleOf(name: RepositoryName, fleet: string, found: FoundRepository | undefined): HubObstacle[] {
  if (found === undefined) return [];
  if (found.mirror) return [{ what: name, why: "it is a mirror of something else, and cannot be pushed to" }];
  const other = /Kept by edgewave for the fleet ([a-z0-9-]+);/.exec(found.description)?.[1];
  if (other !== undefined && other !== fleet) return [{ what: name, why: `it is kept for the fleet ${other}` }];
  // What somebody else has filled is not ours to protect, and to let a site into.
  if (other === undefined && !found.empty && !found.description.startsWith(ownerLine(fleet))) {
    return [{ what: name, why: "it has commits, but edgewave did not make it" }];
  }
  return [];
}

function planOrganization(organization: HubOrganization, { organizations: there }: HubFound): HubChange[] {
  const found = there.get(organization);
  if (found === undefined) return [{ type: "create-organization", organization, why: [] }];
  const why = differences(organizationSettings, found);
  return why.length === 0 ? [] : [{ type: "edit-organization", organization, why }];
}

function planUser(user: WantedUser, { users }: HubFound): HubChange[] {
  const found = users.get(user.name);
  if (found === undefined) return [{ type: "create-user", user, why: [] }];
  const why = differences(userSettings(user.site), found);
  return why.length === 0 ? [] : [{ type: "edit-user", user, why }];
}

function planTeam(team: WantedTeam, { teams }: HubFound): HubChange[] {
  const found = teams.get(`${team.organization}/${team.name}`);
  if (found === undefined) {
    return [
      { type: "create-team", team, why: [] },
      { type: "add-member", team, user: publisher, why: [] },
    ];
  }
  const why = differences(teamSettings(team), found);
  const strangers = found.members.filter((member) => member !== publisher);
  return [
    ...(why.length === 0 ? [] : [{ type: "edit-team", team, id: found.id, why } as const]),
    ...(found.members.includes(publisher) ? [] : [{ type: "add-member", team, user: publisher, why: [] } as const]),
    ...strangers.map((user) => ({ type: "remove-member", team, user, why: ["it reaches every site"] }) as const),
  ];
}

function planRepository(repository: WantedRepository, found: FoundRepository | undefined): HubChange[] {
  const { name } = repository;
  const changes: HubChange[] = [];
  if (found === undefined) changes.push({ type: "create-repository", repository, why: [] });
  const why = found === undefined ? [] : differences(repositorySettings(repository), found);
  if (why.length > 0) changes.push({ type: "edit-repository", repository, why });

  for (const [user, permission] of repository.collaborators) {
    const has = found?.collaborators.get(user);
    if (has === permission) continue;
    changes.push({
      type: "set-collaborator",
      repository: name,
      user,
      permission,
      why: has === undefined ? [] : [`it may ${has}`],
    });
  }
  for (const [user, permission] of found?.collaborators ?? []) {
    if (repository.collaborators.has(user)) continue;
    changes.push({
      type: "remove-collaborator",
      repository: name,
      user,
      why: [`it may ${permission}, and nobody said so`],
    });
  }
  for (const { id, title } of found?.deployKeys ?? []) {
    changes.push({
      type: "remove-deploy-key",
      repository: name,
      id,
      title,
      why: ["nobody but its site's account reads it"],
    });
  }
  return [...changes, ...planProtections(repository, found)];
}

function planProtections({ name, protections }: WantedRepository, found: FoundRepository | undefined): HubChange[] {
  const there = new Map(found?.protections.map((protection) => [protection.rule_name, protection]));
  const changes: HubChange[] = [];
  for (const protection of protections) {
    const has = there.get(protection.rule);
    const why = has === undefined ? [] : differences(protectionSettings(protection), has);
    if (has !== undefined && why.length === 0) continue;
    const type = has === undefined ? "create-protection" : "edit-protection";
    changes.push({ type, repository: name, protection, why });
  }
  for (const rule of there.keys()) {
    if (protections.some((wanted) => wanted.rule === rule)) continue;
    changes.push({ type: "remove-protection", repository: name, rule, why: ["it could stand before edgewave's own"] });
  }
  return changes;
}

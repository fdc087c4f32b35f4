import {
  fleetRepositoryName,
  publisher,
  publishers,
  siteRepositoryName,
  siteUser,
  type HubOrganization,
} from "./names";
import type { RepositoryName } from "../gitea/api";

/** What a fleet needs of the hub's Gitea. */
export interface HubWanted {
  readonly fleet: string;
  readonly teams: readonly WantedTeam[];
  readonly users: readonly WantedUser[];
  readonly repositories: readonly WantedRepository[];
}

/** A team is in one organisation, reaches all repositories there, and has the publisher as its only member. */
export interface WantedTeam {
  readonly organization: HubOrganization;
  readonly name: string;
  readonly permission: "read" | "write";
}

export interface WantedUser {
  readonly name: string;
  /** Undefined for the publisher. */
  readonly site: string | undefined;
}

export interface WantedRepository {
  readonly name: RepositoryName;
  readonly description: string;
  readonly defaultBranch: string;
  /** Accounts beside the team's, and what they may; there are no others. */
  readonly collaborators: ReadonlyMap<string, "read" | "write">;
  /** There are no other rules. */
  readonly protections: readonly WantedProtection[];
}

export interface WantedProtection {
  /** Pattern of branches; none that fits can be removed. */
  readonly rule: string;
  /** Who pushes: the publisher's team alone, or all who may write at all. */
  readonly by: "publishers" | "writers";
  /** Whether they may move a branch to what is no descendant. */
  readonly force: boolean;
}

/** What tells whose a repository is; two fleets can share a hub only if their sites have different names. */
export function ownerLine(fleet: string): string {
  return `Kept by edgewave for the fleet ${fleet}`;
}

/** The hub as a fleet needs it: everything private, each site's account on its own two repositories and no others. */
export function hubWanted(fleet: string, sites: readonly string[]): HubWanted {
  const description = (what: string) => `${what}. ${ownerLine(fleet)}; changed by hand, it is put back.`;
  const ofSite = (site: string): WantedRepository[] => [
    {
      name: siteRepositoryName("deploy", site),
      description: description(`What ${site} runs`),
      defaultBranch: "deploy",
      collaborators: new Map([[siteUser(site), "read" as const]]),
      // A release moves `deploy` to a commit that is no descendant of the last one (docs/adr/0006).
      protections: [
        { rule: "deploy", by: "publishers", force: true },
        { rule: "release/*", by: "publishers", force: true },
      ],
    },
    {
      name: siteRepositoryName("site", site),
      description: description(`What ${site} keeps itself, as its Gitea pushes it`),
      defaultBranch: "main",
      collaborators: new Map([[siteUser(site), "write" as const]]),
      // A mirror pushes by force. Without this a site that was put back to an older state, or stolen, would take from the
      // hub what is not taken over yet.
      protections: [{ rule: "main", by: "writers", force: false }],
    },
  ];
  return {
    fleet,
    teams: [
      { organization: "fleet", name: publishers, permission: "write" },
      { organization: "deploy", name: publishers, permission: "write" },
      { organization: "site", name: "readers", permission: "read" },
    ],
    users: [{ name: publisher, site: undefined }, ...sites.map((site) => ({ name: siteUser(site), site }))],
    repositories: [
      {
        name: fleetRepositoryName(fleet),
        description: description("Releases of the fleet and what its sites changed"),
        defaultBranch: "main",
        collaborators: new Map(),
        // Nobody rewrites what was released, or taken over from sites.
        protections: [
          { rule: "main", by: "publishers", force: false },
          { rule: "sites", by: "publishers", force: false },
        ],
      },
      ...sites.flatMap(ofSite),
    ],
  };
}

import type { GiteaApi, RepositoryName } from "../gitea/api";
import type { Organization, Protection, Repository, Team, User } from "../gitea/schemas";
import { inLanes } from "../lanes";
import type { HubWanted } from "./wanted";
import { organizations } from "./names";

/** What the hub's Gitea has of what a fleet needs, and beside it in the same places. */
export interface HubFound {
  readonly organizations: ReadonlyMap<string, Organization>;
  /** By organisation and name, as `deploy/publishers`. */
  readonly teams: ReadonlyMap<string, Team & { readonly members: readonly string[] }>;
  readonly users: ReadonlyMap<string, User>;
  readonly repositories: ReadonlyMap<RepositoryName, FoundRepository>;
}

export interface FoundRepository extends Repository {
  readonly collaborators: ReadonlyMap<string, string>;
  readonly deployKeys: readonly { readonly id: number; readonly title: string }[];
  readonly protections: readonly Protection[];
}

/** Requests that are under way at once. */
const atOnce = 8;

/**
 * Reads what the plan is made from.
 * @throws GiteaUnreachable, GiteaRefused: what is not known in full is no ground for changes
 */
export async function readHub(api: GiteaApi, wanted: HubWanted): Promise<HubFound> {
  const found = {
    organizations: new Map<string, Organization>(),
    teams: new Map<string, Team & { readonly members: readonly string[] }>(),
    users: new Map<string, User>(),
    repositories: new Map<RepositoryName, FoundRepository>(),
  };
  const plain = new Map<RepositoryName, Repository>();
  for (const name of organizations) {
    const organization = await api.organization(name);
    if (organization === undefined) continue;
    found.organizations.set(name, organization);
    for (const team of await api.teams(name)) {
      // Who owns an organisation is for the hub's administrators.
      if (team.permission === "owner") continue;
      found.teams.set(`${name}/${team.name}`, { ...team, members: await api.members(team.id) });
    }
    for (const repository of await api.repositoriesOf(name)) plain.set(`${name}/${repository.name}`, repository);
  }
  await each(wanted.users, async ({ name }) => {
    const user = await api.user(name);
    if (user !== undefined) found.users.set(name, user);
  });
  await each(wanted.repositories, async ({ name }) => {
    const repository = plain.get(name);
    if (repository === undefined) return;
    const collaborators = await api.collaborators(name);
    const deployKeys = await api.deployKeys(name);
    const protections = await api.protections(name);
    found.repositories.set(name, { ...repository, collaborators, deployKeys, protections });
  });
  return found;
}

/** Does the work for every item, some at once. @throws the first failure, after all have ended */
export async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (const result of await inLanes(items, atOnce, work)) if (result.status === "rejected") throw result.reason;
}

import type { GiteaApi, RepositoryName } from "../gitea/api";
import type { Hook, Protection, PushMirror, Repository, User } from "../gitea/schemas";
import { siteGitNames, siteOrganizations, type SiteGit } from "./wanted";

/** What a site's Gitea has. */
export interface SiteGitFound {
  readonly organizations: ReadonlySet<string>;
  /** Those of Flux and of the site, if they are there. */
  readonly accounts: ReadonlyMap<string, User>;
  readonly deploy: FoundMirror | undefined;
  /** Of a replacement that was not finished. */
  readonly next: FoundMirror | undefined;
  readonly own: FoundOwn | undefined;
}

export interface FoundMirror extends Repository {
  readonly collaborators: ReadonlyMap<string, string>;
  readonly hooks: readonly Hook[];
}

export interface FoundOwn extends Repository {
  readonly collaborators: ReadonlyMap<string, string>;
  readonly protections: readonly Protection[];
  readonly pushMirrors: readonly PushMirror[];
  readonly hooks: readonly Hook[];
}

/** @throws GiteaUnreachable, GiteaRefused */
export async function readSiteGit(api: GiteaApi, wanted: SiteGit): Promise<SiteGitFound> {
  const { deploy, next, own } = siteGitNames(wanted);
  const organizations = new Set<string>();
  for (const name of siteOrganizations) if ((await api.organization(name)) !== undefined) organizations.add(name);
  const accounts = new Map<string, User>();
  for (const name of [wanted.reader, wanted.writer]) {
    const user = await api.user(name);
    if (user !== undefined) accounts.set(name, user);
  }
  const repository = await api.repository(own);
  return {
    organizations,
    accounts,
    deploy: await mirror(api, deploy),
    next: await mirror(api, next),
    own: repository && {
      ...repository,
      collaborators: await api.collaborators(own),
      protections: await api.protections(own),
      pushMirrors: await api.pushMirrors(own),
      hooks: await api.hooks(own),
    },
  };
}

async function mirror(api: GiteaApi, name: RepositoryName): Promise<FoundMirror | undefined> {
  const repository = await api.repository(name);
  // A renamed repository answers under its old name too.
  if (repository === undefined || repository.name !== name.split("/")[1]) return undefined;
  return { ...repository, collaborators: await api.collaborators(name), hooks: await api.hooks(name) };
}

import { z } from "zod";
import { type GiteaClient, GiteaRefused } from "./client";
import * as schemas from "./schemas";

/** `owner/name`. */
export type RepositoryName = `${string}/${string}`;

const part = encodeURIComponent;
const repositoryPath = (repository: RepositoryName): string => `/repos/${repository.split("/").map(part).join("/")}`;

/** The calls of Gitea's API that edgewave needs, each with what it gives. All throw GiteaRefused and GiteaUnreachable. */
export class GiteaApi {
  constructor(readonly client: GiteaClient) {}

  async version(): Promise<string> {
    return this.read(schemas.versionSchema, await this.client.ask("GET", "/version"), "/version").version;
  }

  async me(): Promise<schemas.User> {
    return this.read(schemas.userSchema, await this.client.ask("GET", "/user"), "/user");
  }

  async organization(name: string): Promise<schemas.Organization | undefined> {
    return this.found(schemas.organizationSchema, `/orgs/${part(name)}`);
  }
  async createOrganization(name: string, settings: object): Promise<void> {
    await this.client.ask("POST", "/orgs", { username: name, ...settings });
  }
  async editOrganization(name: string, settings: object): Promise<void> {
    await this.client.ask("PATCH", `/orgs/${part(name)}`, settings);
  }

  async teams(organization: string): Promise<readonly schemas.Team[]> {
    return this.all(schemas.teamSchema, `/orgs/${part(organization)}/teams`);
  }
  async createTeam(organization: string, team: object): Promise<number> {
    const path = `/orgs/${part(organization)}/teams`;
    return this.read(schemas.teamSchema, await this.client.ask("POST", path, team), path).id;
  }
  async editTeam(id: number, team: object): Promise<void> {
    await this.client.ask("PATCH", `/teams/${id}`, team);
  }
  async members(team: number): Promise<readonly string[]> {
    return (await this.all(schemas.loginSchema, `/teams/${team}/members`)).map(({ login }) => login);
  }
  async addMember(team: number, user: string): Promise<void> {
    await this.client.ask("PUT", `/teams/${team}/members/${part(user)}`);
  }
  async removeMember(team: number, user: string): Promise<void> {
    await this.client.ask("DELETE", `/teams/${team}/members/${part(user)}`);
  }

  async user(name: string): Promise<schemas.User | undefined> {
    return this.found(schemas.userSchema, `/users/${part(name)}`);
  }
  async createUser(user: object): Promise<void> {
    await this.client.ask("POST", "/admin/users", user);
  }
  async editUser(name: string, settings: object): Promise<void> {
    await this.client.ask("PATCH", `/admin/users/${part(name)}`, { login_name: name, source_id: 0, ...settings });
  }

  /** Of any user for an administrator who logs in by password; Gitea lets no token see tokens. */
  async tokens(user: string): Promise<readonly schemas.Token[]> {
    return this.all(schemas.tokenSchema, `/users/${part(user)}/tokens`);
  }
  async createToken(user: string, name: string, scopes: readonly string[]): Promise<{ id: number; token: string }> {
    const path = `/users/${part(user)}/tokens`;
    const { id, sha1 } = this.read(
      schemas.newTokenSchema,
      await this.client.ask("POST", path, { name, scopes: [...scopes] }),
      path,
    );
    return { id, token: sha1 };
  }
  async deleteToken(user: string, id: number): Promise<void> {
    await this.client.ask("DELETE", `/users/${part(user)}/tokens/${id}`);
  }

  async repository(name: RepositoryName): Promise<schemas.Repository | undefined> {
    return this.found(schemas.repositorySchema, repositoryPath(name));
  }
  async repositoriesOf(organization: string): Promise<readonly schemas.Repository[]> {
    return this.all(schemas.repositorySchema, `/orgs/${part(organization)}/repos`);
  }
  async createRepository(organization: string, repository: object): Promise<void> {
    await this.client.ask("POST", `/orgs/${part(organization)}/repos`, repository);
  }
  async editRepository(name: RepositoryName, settings: object): Promise<void> {
    await this.client.ask("PATCH", repositoryPath(name), settings);
  }
  async deleteRepository(name: RepositoryName): Promise<void> {
    await this.client.ask("DELETE", repositoryPath(name));
  }
  /** Clones, and so takes as long as that. */
  async migrate(migration: object, timeoutMs: number): Promise<void> {
    await this.client.ask("POST", "/repos/migrate", migration, { timeoutMs });
  }

  async collaborators(repository: RepositoryName): Promise<ReadonlyMap<string, string>> {
    const path = `${repositoryPath(repository)}/collaborators`;
    const users = await this.all(schemas.loginSchema, path);
    const permissions = new Map<string, string>();
    for (const { login } of users) {
      const asked = `${path}/${part(login)}/permission`;
      const answer = this.read(schemas.collaboratorPermissionSchema, await this.client.ask("GET", asked), asked);
      permissions.set(login, answer.permission);
    }
    return permissions;
  }
  async setCollaborator(repository: RepositoryName, user: string, permission: "read" | "write"): Promise<void> {
    await this.client.ask("PUT", `${repositoryPath(repository)}/collaborators/${part(user)}`, { permission });
  }
  async removeCollaborator(repository: RepositoryName, user: string): Promise<void> {
    await this.client.ask("DELETE", `${repositoryPath(repository)}/collaborators/${part(user)}`);
  }

  async deployKeys(repository: RepositoryName): Promise<readonly schemas.DeployKey[]> {
    return this.all(schemas.deployKeySchema, `${repositoryPath(repository)}/keys`);
  }
  async removeDeployKey(repository: RepositoryName, id: number): Promise<void> {
    await this.client.ask("DELETE", `${repositoryPath(repository)}/keys/${id}`);
  }

  async protections(repository: RepositoryName): Promise<readonly schemas.Protection[]> {
    const path = `${repositoryPath(repository)}/branch_protections`;
    // Gitea gives this list whole, whatever page is asked for.
    return this.read(z.array(schemas.protectionSchema), await this.client.ask("GET", path), path);
  }
  async createProtection(repository: RepositoryName, rule: object): Promise<void> {
    await this.client.ask("POST", `${repositoryPath(repository)}/branch_protections`, rule);
  }
  async editProtection(repository: RepositoryName, rule: string, settings: object): Promise<void> {
    await this.client.ask("PATCH", `${repositoryPath(repository)}/branch_protections/${part(rule)}`, settings);
  }
  async removeProtection(repository: RepositoryName, rule: string): Promise<void> {
    await this.client.ask("DELETE", `${repositoryPath(repository)}/branch_protections/${part(rule)}`);
  }

  async pushMirrors(repository: RepositoryName): Promise<readonly schemas.PushMirror[]> {
    return this.all(schemas.pushMirrorSchema, `${repositoryPath(repository)}/push_mirrors`);
  }
  async createPushMirror(repository: RepositoryName, mirror: object): Promise<void> {
    await this.client.ask("POST", `${repositoryPath(repository)}/push_mirrors`, mirror);
  }
  async removePushMirror(repository: RepositoryName, remoteName: string): Promise<void> {
    await this.client.ask("DELETE", `${repositoryPath(repository)}/push_mirrors/${part(remoteName)}`);
  }
  /** Pushes now. @throws GiteaRefused with status 500 if a push failed, as it does without a link */
  async syncPushMirrors(repository: RepositoryName): Promise<void> {
    await this.client.ask("POST", `${repositoryPath(repository)}/push_mirrors-sync`);
  }
  /** Asks for a fetch now; it is done in the background. */
  async syncPullMirror(repository: RepositoryName): Promise<void> {
    await this.client.ask("POST", `${repositoryPath(repository)}/mirror-sync`);
  }

  async hooks(repository: RepositoryName): Promise<readonly schemas.Hook[]> {
    return this.all(schemas.hookSchema, `${repositoryPath(repository)}/hooks`);
  }
  async createHook(repository: RepositoryName, hook: object): Promise<void> {
    await this.client.ask("POST", `${repositoryPath(repository)}/hooks`, hook);
  }
  async removeHook(repository: RepositoryName, id: number): Promise<void> {
    await this.client.ask("DELETE", `${repositoryPath(repository)}/hooks/${id}`);
  }

  private async found<T>(schema: z.ZodType<T>, path: string): Promise<T | undefined> {
    const answer = await this.client.find(path);
    return answer === undefined ? undefined : this.read(schema, answer, path);
  }

  private async all<T>(schema: z.ZodType<T>, path: string): Promise<readonly T[]> {
    return this.read(z.array(schema), await this.client.list(path), path);
  }

  private read<T>(schema: z.ZodType<T>, answer: unknown, path: string): T {
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const why = `the answer is not what Gitea 1.26 gives: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`;
    throw new GiteaRefused(200, `GET ${path}`, this.client.url, why);
  }
}

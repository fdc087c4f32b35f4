import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { appIni } from "../../../../components/gitea/appIni";
import { setupScript } from "../../../../components/gitea/setup";
import { pushRefs, type GitRemote } from "../../../../gitops/git/remote";
import { git } from "../../../../gitops/git/run";
import type { GiteaApi } from "../../../../gitops/gitea/api";
import { applySiteGit } from "../../../../gitops/siteGit/apply";
import { describeSiteGit } from "../../../../gitops/siteGit/describe";
import { readSiteGit } from "../../../../gitops/siteGit/found";
import { planSiteGit } from "../../../../gitops/siteGit/plan";
import type { SiteGit } from "../../../../gitops/siteGit/wanted";
import { TestAuthority } from "../../../support/certificates";
import { aSite } from "../../../support/fleet";
import { GiteaServer, type GiteaOptions } from "../../../support/gitea/server";
import { HubAndSite } from "../../../support/gitea/namespaces";
import { HubOfTests } from "../../hub/real/hubOfTests";

const passwords = {
  edgewave: "Administers-the-site-0nly",
  flux: "Reads-what-the-site-runs-1",
  operator: "Writes-what-the-site-keeps-2",
};

/** A hub and a site with a real Gitea each, in namespaces with a link between them. */
export class Story {
  private constructor(
    readonly net: HubAndSite,
    readonly hub: HubOfTests,
    readonly site: GiteaServer,
    readonly name: string,
    readonly authority: TestAuthority,
  ) {}

  static async begin(
    name: string,
    siteOptions: Partial<GiteaOptions> = {},
    hubOptions: Partial<GiteaOptions> = {},
  ): Promise<Story> {
    const net = HubAndSite.make();
    const authority = new TestAuthority();
    try {
      const hub = await HubOfTests.start([name], {
        authority,
        namespace: net.hub,
        address: net.hubAddress,
        ...hubOptions,
      });
      await hub.setUp();
      const caFile = path.join(hub.folder, "authority.pem");
      execFileSync("chmod", ["755", hub.folder]);
      const site = await GiteaServer.start({
        authority,
        namespace: net.site,
        address: net.siteAddress,
        ini: asInstalled(hub.gitea.url, caFile),
        ...siteOptions,
      });
      site.runSetupScript(setupScript, passwords);
      return new Story(net, hub, site, name, authority);
    } catch (error) {
      net.remove();
      throw error;
    }
  }

  async end(): Promise<void> {
    await this.site.remove();
    await this.hub.stop();
    this.net.remove();
  }

  /** What the site's Gitea is configured by, with the tokens of the moment. */
  async wanted(more: Partial<SiteGit> = {}): Promise<SiteGit> {
    const credential = async (use: "read" | "write") => {
      const found = await this.hub.setup.credentials.get({ site: this.name, use });
      if (found === undefined) throw new Error(`no token to ${use}`);
      return found;
    };
    return {
      site: this.name,
      hub: { url: this.hub.gitea.url, read: await credential("read"), write: await credential("write") },
      reader: "flux",
      writer: "operator",
      webhook: { url: "http://webhook-receiver.flux-system.svc.cluster.local/hook/0", secret: "of-the-receiver" },
      ...more,
    };
  }

  /** @returns what was done. */
  async configure(more: Partial<SiteGit> = {}): Promise<string[]> {
    const wanted = await this.wanted(more);
    const api = this.administration;
    const plan = planSiteGit(wanted, await readSiteGit(api, wanted));
    if (plan.obstacles.length > 0) throw new Error(plan.obstacles.join("; "));
    const done: string[] = [];
    await applySiteGit(api, wanted, plan.changes, (change) => done.push(describeSiteGit(change, this.name)));
    return done;
  }

  readonly login = { username: "edgewave", password: passwords.edgewave };

  get administration(): GiteaApi {
    return this.site.api(this.login);
  }

  /** The API for one of its accounts, by the password that Flux has in its Secret, or the site's people. */
  apiOf(account: "flux" | "operator"): GiteaApi {
    return this.site.api({ username: account, password: passwords[account] });
  }

  /** The site's Gitea for one of its accounts. */
  remote(repository: "deploy" | "site", account: "flux" | "operator"): GitRemote {
    const loginFile = path.join(this.hub.folder, `login-${account}`);
    writeFileSync(loginFile, `${account}:${passwords[account]}\n`, { mode: 0o600 });
    return {
      url: `${this.site.url}/${repository}/${this.name}.git`,
      loginFile,
      authorityFile: this.hub.git.authorityFile,
    };
  }

  /** Asked of the files of one of the two servers. */
  async ask(side: "hub" | "site", repository: string, ...args: string[]): Promise<string> {
    const { folder } = side === "hub" ? this.hub.gitea : this.site;
    return await git(path.join(folder, "git", `${repository}.git`), ["-c", "safe.directory=*", ...args]);
  }

  async at(side: "hub" | "site", repository: string, ref: string): Promise<string> {
    return await this.ask(side, repository, "rev-parse", "--verify", "--quiet", ref).catch(() => "nothing");
  }

  /** Has both mirrors run until the two sides have the same. */
  async meet(refs: readonly (readonly ["deploy" | "site", string])[], seconds = 60): Promise<void> {
    const until = Date.now() + seconds * 1000;
    for (;;) {
      await this.administration.syncPullMirror(`deploy/${this.name}`);
      await this.administration.syncPushMirrors(`site/${this.name}`).catch(() => undefined);
      for (let look = 0; look < 20; look += 1) {
        const apart = await this.apart(refs);
        if (apart.length === 0) return;
        if (Date.now() > until)
          throw new Error(`they did not meet: ${apart.join("; ")}\n${this.site.log().slice(-3000)}`);
        await sleep(150);
      }
    }
  }

  async apart(refs: readonly (readonly ["deploy" | "site", string])[]): Promise<string[]> {
    const apart: string[] = [];
    for (const [lane, ref] of refs) {
      const repository = `${lane}/${this.name}`;
      const [there, here] = [await this.at("hub", repository, ref), await this.at("site", repository, ref)];
      if (there !== here || there === "nothing")
        apart.push(`${repository} ${ref}: ${there} at the hub, ${here} at the site`);
    }
    return apart;
  }
}

/** What the configuration of a site's pod says of everything that no path is in. */
function asInstalled(gitUrl: string, caFile: string): GiteaOptions["ini"] {
  const { migrations, mirror, service, webhook, admin, ...installed } = appIni(aSite(), { gitUrl, gitAuthority: "x" });
  return {
    migrations: migrations ?? {},
    mirror: mirror ?? {},
    service: service ?? {},
    webhook: webhook ?? {},
    admin: admin ?? {},
    repository: { MAX_CREATION_LIMIT: installed["repository"]?.["MAX_CREATION_LIMIT"] ?? -1 },
    "git.timeout": installed["git.timeout"] ?? {},
    "git.config": { ...installed["git.config"], "http.sslCAInfo": caFile, "http.lowSpeedTime": 5 },
  };
}

/** A person's clone of a repository at the site. */
export class Clone {
  constructor(
    readonly folder: string,
    private readonly remote: GitRemote,
  ) {
    mkdirSync(folder, { recursive: true });
    const { authorityFile = "", loginFile = "" } = remote;
    this.git("init", "--quiet", "--initial-branch=main");
    this.git("config", "user.name", "Operator");
    this.git("config", "user.email", "operator@site.invalid");
    this.git("config", "http.sslCAInfo", authorityFile);
    this.git(
      "config",
      "credential.helper",
      `!f() { sed "s/^\\([^:]*\\):/username=\\1\\npassword=/" ${loginFile}; }; f`,
    );
    this.git("remote", "add", "origin", remote.url);
    this.git("pull", "--quiet", "origin", "main");
  }

  git(...args: string[]): string {
    const env: NodeJS.ProcessEnv = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_TERMINAL_PROMPT: "0" };
    delete env["GIT_SSL_CAINFO"];
    return execFileSync("git", ["-C", this.folder, ...args], {
      encoding: "utf8",
      env,
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  /** Commits a file and pushes it. @returns the commit. */
  async change(file: string, text: string): Promise<string> {
    mkdirSync(path.dirname(path.join(this.folder, file)), { recursive: true });
    writeFileSync(path.join(this.folder, file), text);
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", `Set ${file} to ${text.trim().slice(0, 60)}`);
    const [from, to] = [this.git("rev-parse", "HEAD^"), this.git("rev-parse", "HEAD")];
    const [pushed] = await pushRefs(path.join(this.folder, ".git"), this.remote, [
      { ref: "refs/heads/main", from, to },
    ]);
    if (pushed?.failure !== undefined) throw pushed.failure;
    return to;
  }
}

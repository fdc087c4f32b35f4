import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { listRefs, pushRefs, type GitRemote, type RefPush } from "../../../../gitops/git/remote";
import { RemoteFailed } from "../../../../gitops/git/remoteFailure";
import { openRepository } from "../../../../gitops/git/repository";
import { importCommits } from "../../../../gitops/git/importCommits";
import { GiteaApi } from "../../../../gitops/gitea/api";
import { GiteaRefused } from "../../../../gitops/gitea/client";
import { describeChange } from "../../../../gitops/hub/describe";
import { planHubSetup } from "../../../../gitops/hub/setup";
import { edgewave } from "../../../support/edgewave";
import { administrator, lacksGitea } from "../../../support/gitea/server";
import { writeSmallFleet } from "../../../support/smallFleet";
import { HubOfTests } from "./hubOfTests";

describe("the hub's Gitea", function () {
  this.timeout(120_000);
  let hub: HubOfTests;
  let repository: string;
  let commit: string;
  before(async function () {
    const lacking = lacksGitea();
    if (lacking !== undefined) {
      console.log(`      skipped: ${lacking}`);
      return this.skip();
    }
    hub = await HubOfTests.start(["porto", "vigo"]);
    repository = path.join(hub.folder, "work.git");
    await openRepository(repository, "main");
    [commit = ""] = await importCommits(repository, [
      { parent: undefined, date: 0, message: "x", files: [["a", "b"]] },
    ]);
  });
  after(() => hub?.stop());

  it("is set up at once, and a second time there is nothing to do", async () => {
    expect(await hub.setUp()).to.be.greaterThan(20);
    expect(await hub.setUp()).to.equal(0);
  });

  it("keeps tokens in files that their owner alone reads", () => {
    for (const name of ["publisher", "sites/porto.read", "sites/porto.write"]) {
      const file = path.join(hub.folder, "hub", name);
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      expect(readFileSync(file, "utf8")).to.match(/^[a-z-]+:[0-9a-f]{40}\n$/);
    }
  });

  describe("gives a site's tokens", () => {
    const everything = ["deploy/porto", "site/porto", "deploy/vigo", "site/vigo", "fleet/harbours"] as const;
    const may = {
      read: { read: ["deploy/porto", "site/porto"], write: [] },
      write: { read: ["deploy/porto", "site/porto"], write: ["site/porto"] },
    } as const;
    const remote = (use: "read" | "write", name: string): GitRemote => ({
      url: `${hub.gitea.url}/${name}.git`,
      loginFile: hub.setup.credentials.file({ site: "porto", use }),
      authorityFile: hub.git.authorityFile,
    });
    const pushed = async (to: GitRemote, pushes: readonly RefPush[]): Promise<void> => {
      const [result] = await pushRefs(repository, to, pushes);
      if (result?.failure !== undefined) throw result.failure satisfies RemoteFailed;
    };
    const succeeds = async (act: Promise<unknown>): Promise<boolean> =>
      act.then(
        () => true,
        (error: unknown) => {
          expect(error).to.be.instanceOf(RemoteFailed);
          expect((error as RemoteFailed).state).to.be.oneOf(["denied", "missing"]);
          return false;
        },
      );

    for (const use of ["read", "write"] as const) {
      for (const name of everything) {
        it(`to ${use}: ${name}`, async () => {
          const reads = await succeeds(listRefs(repository, remote(use, name), []));
          expect(reads, "reads").to.equal((may[use].read as readonly string[]).includes(name));
          const push = [{ ref: "refs/heads/mine", from: undefined, to: commit }];
          const pushes = await succeeds(pushed(remote(use, name), push));
          expect(pushes, "writes").to.equal((may[use].write as readonly string[]).includes(name));
        });
      }
    }

    it("to no rewriting of what the hub has of it", async () => {
      const write = remote("write", "site/porto");
      const main = (from: string | undefined, to: string) => pushed(write, [{ ref: "refs/heads/main", from, to }]);
      expect(await succeeds(main(undefined, commit))).to.equal(true);
      const [other = ""] = await importCommits(repository, [{ parent: undefined, date: 1, message: "y", files: [] }]);
      const error = await main(commit, other).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(RemoteFailed).and.include({ state: "refused" });
    });

    it("to no pull request, by which a reader could leave something", async () => {
      const proposal = [{ ref: "refs/for/deploy/mine", from: undefined, to: commit }];
      expect(await succeeds(pushed(remote("write", "deploy/porto"), proposal))).to.equal(false);
    });

    it("to nothing of the API beside", async () => {
      for (const use of ["read", "write"] as const) {
        const credential = await hub.setup.credentials.get({ site: "porto", use });
        const api = hub.gitea.api({ token: credential?.token ?? "" });
        const tries: readonly (readonly [string, () => Promise<unknown>])[] = [
          ["who there is", () => api.client.ask("GET", "/admin/users")],
          [
            "another account",
            () => api.createUser({ username: "m", email: "m@x.invalid", password: "aA1!aA1!aA1!aA1!aA1!" }),
          ],
          ["an organisation", () => api.createOrganization("mine", {})],
          ["a repository", () => api.client.ask("POST", "/user/repos", { name: "mine" })],
          ["another's repository", () => api.client.ask("GET", "/repos/deploy/vigo")],
          ["a repository of the organisation", () => api.createRepository("deploy", { name: "mine" })],
          ["its settings", () => api.editRepository("site/porto", { private: false })],
          ["its end", () => api.deleteRepository("site/porto")],
          ["friends", () => api.setCollaborator("site/porto", "site-vigo", "write")],
          ["a key", () => api.client.ask("POST", "/repos/site/porto/keys", { title: "m", key: "ssh-ed25519 AAAA" })],
          ["a protection", () => api.removeProtection("deploy/porto", "deploy")],
          ["a webhook", () => api.createHook("site/porto", { type: "gitea", config: {}, events: ["push"] })],
          [
            "a mirror elsewhere",
            () => api.createPushMirror("site/porto", { remote_address: "https://x.example/y.git", interval: "10m" }),
          ],
          ["tokens", () => api.createToken("site-porto", "mine", ["all"])],
          [
            "a team",
            () =>
              api
                .teams("deploy")
                .then((teams) => (teams.length === 0 ? Promise.reject(new GiteaRefused(403, "", "", "")) : teams)),
          ],
        ];
        for (const [what, attempt] of tries) {
          const error = await attempt().catch((thrown: unknown) => thrown);
          expect(error, `${use}: ${what}`).to.be.instanceOf(GiteaRefused);
          expect((error as GiteaRefused).status, `${use}: ${what}`).to.be.within(400, 499);
        }
      }
    });

    it("to none but themselves what they hold", async () => {
      const vigo = await hub.setup.credentials.get({ site: "vigo", use: "read" });
      const mine = path.join(hub.folder, "login");
      // Another's name before the token makes no difference.
      writeFileSync(mine, `site-porto:${vigo?.token}\n`, { mode: 0o600 });
      expect(await succeeds(listRefs(repository, { ...remote("read", "deploy/porto"), loginFile: mine }, []))).to.equal(
        false,
      );
    });
  });

  it("is put back where somebody changed it", async () => {
    const api = new GiteaApi(hub.setup.api.client);
    await api.setCollaborator("deploy/porto", "site-vigo", "read");
    await api.setCollaborator("deploy/vigo", "site-vigo", "write");
    await api.editProtection("deploy/porto", "deploy", { enable_push: true, enable_push_whitelist: false });
    await api.createProtection("deploy/vigo", { rule_name: "dep*", enable_push: true });
    await api.removeProtection("deploy/vigo", "release/*");
    await api.editUser("site-vigo", { restricted: false });
    await api.editRepository("site/porto", { has_issues: true });
    await api.editOrganization("deploy", { visibility: "public" });
    const plan = await planHubSetup(hub.setup);
    expect(plan.changes.map(describeChange).sort()).to.deep.equal([
      "correct the account site-vigo (restricted is false, not true)",
      'correct the organisation deploy (visibility is "public", not "private")',
      "correct the protection of deploy of deploy/porto (enable_push_whitelist is false, not true)",
      "correct the repository site/porto (has_issues is true, not false)",
      "let site-vigo no longer into deploy/porto (it may read, and nobody said so)",
      "let site-vigo read deploy/vigo (it may write)",
      "protect release/* of deploy/vigo",
      "remove the protection of dep* of deploy/vigo (it could stand before edgewave's own)",
    ]);
    expect(await hub.setUp()).to.equal(8);
    expect(await hub.setUp()).to.equal(0);
  });

  it("gives a site new tokens, and retires the old ones only once the new ones are used", async () => {
    const owner = { site: "vigo", use: "read" } as const;
    const before = await hub.setup.credentials.get(owner);
    await hub.setUp({ rotate: new Set(["vigo"]) });
    const after = await hub.setup.credentials.get(owner);
    expect(after?.token).not.to.equal(before?.token);
    const later = { now: () => Date.now() + 2 * 3_600_000 };
    const works = (token = "") =>
      hub.gitea
        .api({ token })
        .repository("deploy/vigo")
        .then((found) => found !== undefined)
        .catch(() => false);
    // The site has not come for it: it still has to get in.
    expect(await hub.setUp(later)).to.equal(0);
    expect(await works(before?.token)).to.equal(true);
    // Gitea keeps times in whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await works(after?.token)).to.equal(true);
    await hub.setUp(later);
    expect(await works(before?.token)).to.equal(false);
    expect(await works(after?.token)).to.equal(true);
  });

  it("makes a token anew that somebody revoked", async () => {
    const [token] = (await hub.setup.api.tokens("site-porto")).filter(({ name }) => name.startsWith("edgewave-read-"));
    await hub.setup.api.deleteToken("site-porto", token?.id ?? 0);
    expect(await hub.setUp()).to.equal(1);
    expect(await hub.setUp()).to.equal(0);
  });

  it("is checked and set up by commands, which name what they would do first", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "edgewave-hub-fleet-"));
    try {
      writeSmallFleet(folder, ["vigo"], {
        spring: "release: 2026.11.0\nmaxConcurrency: 1\nwaves: [{ name: all, size: rest }]\n",
      });
      const file = path.join(folder, "fleet.yaml");
      const authority = hub.authority.cert.trimEnd().replace(/^/gm, "      ");
      writeFileSync(
        file,
        readFileSync(file, "utf8").replace(/gitUrl: .*/, `gitUrl: ${hub.gitea.url}\n    gitAuthority: |\n${authority}`),
      );
      const admin = path.join(folder, "admin");
      writeFileSync(admin, `${administrator.username}:${administrator.password}\n`, { mode: 0o600 });
      const run = (...args: string[]) =>
        edgewave(["hub", ...args, "--fleet", folder, "--out", path.join(folder, "out")], {
          EDGEWAVE_HUB_ADMIN_FILE: admin,
        });

      const dry = await run("setup", "--dry-run");
      expect(dry.code, dry.stderr).to.equal(0);
      // The hub knows vigo, but this folder has none of its tokens.
      expect(dry.stdout, dry.stdout).to.include("would site-vigo: make a token to read (there is none)");
      expect((await run("check")).code).to.equal(1);
      const done = await run("setup");
      expect(done.code, done.stderr).to.equal(0);
      expect(done.stdout).to.match(/done: 3 changes/);
      const check = await run("check", "--json");
      expect(check.code, check.stderr).to.equal(0);
      expect(JSON.parse(check.stdout)).to.deep.include({ changes: [], obstacles: [], version: "1.26.0" });
      for (const { stdout, stderr } of [dry, done, check]) {
        expect(stdout + stderr)
          .not.to.include(administrator.password)
          .and.not.to.match(/[0-9a-f]{40}/);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CredentialStore } from "../../../../gitops/hub/credentialStore";
import type { HubGit } from "../../../../gitops/hub/remotes";
import { carryOutHubSetup, type HubSetup, planHubSetup } from "../../../../gitops/hub/setup";
import { TestAuthority } from "../../../support/certificates";
import { GiteaServer, type GiteaOptions } from "../../../support/gitea/server";

/** A hub with a real Gitea that is set up for a fleet, and a folder for its driver. */
export class HubOfTests {
  private constructor(
    readonly gitea: GiteaServer,
    readonly authority: TestAuthority,
    readonly folder: string,
    readonly setup: HubSetup,
  ) {}

  static async start(sites: readonly string[], options: Partial<GiteaOptions> = {}): Promise<HubOfTests> {
    const authority = options.authority ?? new TestAuthority();
    const gitea = await GiteaServer.start({ ...options, authority });
    const folder = mkdtempSync(path.join(tmpdir(), "edgewave-hub-"));
    const credentials = new CredentialStore(path.join(folder, "hub"));
    writeFileSync(path.join(folder, "authority.pem"), authority.cert);
    return new HubOfTests(gitea, authority, folder, { api: gitea.api(), fleet: "harbours", sites, credentials });
  }

  /** Sets it up, as `edgewave hub setup` does. @returns how many changes that took. */
  async setUp(more: Partial<HubSetup> = {}): Promise<number> {
    const setup = { ...this.setup, ...more };
    const state = await planHubSetup(setup);
    if (state.obstacles.length > 0) throw new Error(JSON.stringify(state.obstacles));
    await carryOutHubSetup(setup, state, () => undefined);
    return state.changes.length + state.tokens.length;
  }

  get git(): HubGit {
    return {
      url: this.gitea.url,
      loginFile: this.setup.credentials.file("publisher"),
      authorityFile: path.join(this.folder, "authority.pem"),
      maxConcurrency: 4,
    };
  }

  async stop(): Promise<void> {
    await this.gitea.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

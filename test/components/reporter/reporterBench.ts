import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { configData, settingsOf } from "../../../components/reporter/plan";
import { reportSigner } from "../../../components/reporter/address";
import { profileOf } from "../../../profiles";
import { serve, type Server } from "../../probes/servers";
import { TestAuthority } from "../../support/certificates";
import { aSite } from "../../support/fleet";
import { gitBackend } from "../../support/gitServer";
import { askSshKeygen } from "../../support/sshKeygen";

const site = aSite();
const password = "a password of the reporter";

/** What stand-ins on the site answer: status and body by the beginning of the path; what is not there is 404. */
export interface Answers {
  readonly api: Record<string, readonly [number, string]>;
  readonly prometheus: Record<string, readonly [number, string]>;
}

/**
 * A site for the reporter: its script with the real bash, curl, git and ssh-keygen; real repositories behind Git's own
 * HTTP server and TLS; stand-ins for the API server, Prometheus and the hub.
 */
export class ReporterBench {
  readonly answers: Answers = { api: {}, prometheus: {} };
  /** Changes of the script's settings for the next run. */
  settings: Record<string, string> = {};

  /** @param hubAuthority the hub's own, by which its TLS is trusted; it speaks HTTP without. */
  static async make(hubAuthority?: TestAuthority): Promise<ReporterBench> {
    const authority = new TestAuthority();
    const root = mkdtempSync(path.join(tmpdir(), "edgewave-reporter-"));
    const bench: { answers?: Answers } = {};
    const by = (who: keyof Answers): RequestListener => {
      return (request, response) => {
        const known = Object.entries(bench.answers?.[who] ?? {});
        const [status, body] = known.find(([prefix]) => (request.url ?? "").startsWith(prefix))?.[1] ?? [404, "{}"];
        response.writeHead(status, { "content-type": "application/json" }).end(body);
      };
    };
    const git = gitBackend(path.join(root, "repositories"), { username: "reporter", password });
    const gitea: RequestListener = (request, response) => {
      if (request.url === "/api/v1/version") response.end('{"version":"1.26.1"}');
      else git(request, response);
    };
    const servers = {
      api: await serve(by("api"), authority.issue()),
      gitea: await serve(gitea, authority.issue()),
      prometheus: await serve(by("prometheus")),
      hub: await serve((_, response) => response.end("{}"), hubAuthority?.issue()),
    };
    const made = new ReporterBench(root, servers, authority, hubAuthority?.cert);
    bench.answers = made.answers;
    return made;
  }

  private constructor(
    readonly root: string,
    readonly servers: Readonly<Record<"api" | "gitea" | "prometheus" | "hub", Server>>,
    authority: TestAuthority,
    private readonly gitAuthority: string | undefined,
  ) {
    for (const lane of ["deploy", "site"] as const) this.makeRepository(lane);
    for (const folder of ["config", "secrets", "work", "account", "git/site"]) {
      mkdirSync(path.join(root, folder), { recursive: true });
    }
    // As the hub's folder has it.
    symlinkSync(this.repository("site"), path.join(root, "git", "site", `${site.name}.git`));
    for (const [name, text] of Object.entries(configData(site, { gitAuthority }))) {
      writeFileSync(path.join(root, "config", name), text, { mode: 0o755 });
    }
    const endpoints = [`gitea localhost:${servers.gitea.port}`, `api-server localhost:${servers.api.port}`];
    writeFileSync(path.join(root, "config", "endpoints"), `${endpoints.join("\n")}\nmqtt localhost:1\n`);
    writeFileSync(path.join(root, "account", "token"), "a token of the account");
    writeFileSync(path.join(root, "account", "ca.crt"), authority.cert);
    const secrets = {
      username: "reporter",
      password,
      curl: `user = "reporter:${password}"\n`,
      "ca.crt": authority.cert,
    };
    for (const [name, text] of Object.entries(secrets)) writeFileSync(path.join(root, "secrets", name), text);
    askSshKeygen("-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path.join(root, "secrets", "key"));
    writeFileSync(this.signers, reportSigner(site.name, readFileSync(path.join(root, "secrets", "key.pub"), "utf8")));
  }

  get signers(): string {
    return path.join(this.root, "allowed_signers");
  }

  repository(lane: "deploy" | "site"): string {
    return path.join(this.root, "repositories", lane, `${site.name}.git`);
  }

  /** A commit on a branch of one of the two repositories. @returns its id */
  commit(lane: "deploy" | "site", branch: string, message: string): string {
    const name = ["-c", "user.name=t", "-c", "user.email=t@example"];
    const git = (...args: string[]) =>
      execFileSync("git", [...name, "--git-dir", this.repository(lane), ...args], { encoding: "utf8" }).trim();
    const made = git("commit-tree", "-m", message, git("hash-object", "-t", "tree", "-w", "/dev/null"));
    git("update-ref", `refs/heads/${branch}`, made);
    return made;
  }

  environment(): Record<string, string> {
    const places = Object.fromEntries(
      ["config", "secrets", "work", "account"].map((name) => [name, path.join(this.root, name)]),
    ) as Parameters<typeof settingsOf>[3];
    const { api, gitea, prometheus, hub } = this.servers;
    const { gitAuthority } = this;
    const gitUrl = `${gitAuthority === undefined ? "http" : "https"}://localhost:${hub.port}`;
    return {
      ...settingsOf(site, { gitUrl, gitAuthority }, profileOf("micro"), places),
      API: `https://localhost:${api.port}`,
      GITEA: `https://localhost:${gitea.port}`,
      PROMETHEUS: `http://localhost:${prometheus.port}`,
      ...this.settings,
    };
  }

  /** Runs the script once, as its job does. @param PATH where the programs are; the machine's own by default */
  async run(PATH = process.env["PATH"] ?? ""): Promise<{ readonly code: number; readonly said: string }> {
    const script = path.join(this.root, "config", "report");
    const child = spawn("bash", [script], { env: { PATH, ...this.environment() }, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    return { code, said };
  }

  git(...args: string[]): string {
    return execFileSync("git", ["--git-dir", this.repository("site"), ...args], { encoding: "utf8", stdio: "pipe" });
  }

  report(): Report {
    return JSON.parse(this.git("show", "status:status.json")) as Report;
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.servers).map((server) => server.stop()));
    rmSync(this.root, { recursive: true, force: true });
  }

  private makeRepository(lane: "deploy" | "site"): void {
    const folder = this.repository(lane);
    execFileSync("git", ["init", "-q", "--bare", "-b", lane === "site" ? "main" : "deploy", folder]);
    execFileSync("git", ["--git-dir", folder, "config", "http.receivepack", "true"]);
  }
}

export interface Report {
  readonly form: string;
  readonly site: string;
  readonly at: string;
  readonly intervalSeconds: number;
  readonly contact: { readonly at: string; readonly hubDate: string } | null;
  readonly parts: Readonly<Record<string, { readonly answer?: string; readonly error?: string }>>;
}

import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { iniText, type Ini } from "../../../components/gitea/appIni";
import { GiteaApi } from "../../../gitops/gitea/api";
import { GiteaClient } from "../../../gitops/gitea/client";
import type { TestAuthority } from "../certificates";

/** Gitea refuses to run as root; this user is on every Linux. */
const nobody = { uid: 65534, gid: 65534 };

export const administrator = { username: "root-of-tests", password: "Tests-are-run-by-0ne-person" };

export interface GiteaOptions {
  readonly authority: TestAuthority;
  /** Where it is asked, which its certificate names; loopback by default. */
  readonly address?: string;
  /** Network namespace that it runs in. */
  readonly namespace?: string;
  /** Sections and keys beside or in place of those that a test needs. */
  readonly ini?: Ini;
  /** Its folder, if a test needs it in a place of its own. */
  readonly folder?: string;
  /** Another certificate than the authority's for its address. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** Why the real Gitea cannot be started here; undefined if it can. */
export function lacksGitea(): string | undefined {
  const kit = process.env["EDGEWAVE_TEST_GITEA"];
  if (kit === undefined) return "EDGEWAVE_TEST_GITEA is not set; npm run test:real builds Gitea and sets it";
  if (!existsSync(path.join(kit, "gitea"))) return `there is no gitea in ${kit}`;
  if (process.getuid?.() !== 0) return "Gitea is started as another user, which only root may do";
  return undefined;
}

/** A real Gitea with SQLite in a folder of its own, over TLS, started and stopped by a test. */
export class GiteaServer {
  private child: ChildProcess | undefined;
  /** Beside its folder, which a test fills or empties. */
  private readonly logFile = path.join(tmpdir(), `edgewave-gitea-${randomBytes(6).toString("hex")}.log`);
  private readonly clients: GiteaClient[] = [];

  private constructor(
    readonly folder: string,
    readonly url: string,
    private readonly options: GiteaOptions,
  ) {}

  static async start(options: GiteaOptions): Promise<GiteaServer> {
    const { address = "127.0.0.1" } = options;
    const port = options.namespace === undefined ? await freePort(address) : 3000;
    const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), "edgewave-gitea-"));
    const server = new GiteaServer(folder, `https://${address}:${port}`, options);
    try {
      server.lay(address, port);
      await server.boot();
      server.gitea(
        "admin",
        "user",
        "create",
        "--admin",
        "--username",
        administrator.username,
        "--email",
        "r@x.invalid",
        "--password",
        administrator.password,
        "--must-change-password=false",
      );
      return server;
    } catch (error) {
      await server.remove();
      throw error;
    }
  }

  /** The API, by the administrator's password unless another login is given. */
  api(login: ConstructorParameters<typeof GiteaClient>[0]["login"] = administrator): GiteaApi {
    const client = new GiteaClient({ url: this.url, login, authority: this.options.authority.cert });
    this.clients.push(client);
    return new GiteaApi(client);
  }

  log(): string {
    return readFileSync(this.logFile, "utf8");
  }

  /** One of Gitea's own commands on this server's data. */
  gitea(...args: string[]): string {
    return execFileSync("setpriv", [...asNobody, this.program, ...args, "--config", this.ini], {
      encoding: "utf8",
      env: this.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /**
   * Runs what prepares a site's pod, as the user that Gitea runs as. The server may be up: only accounts change.
   * @param accounts passwords by name.
   */
  runSetupScript(script: string, accounts: Readonly<Record<string, string>>): void {
    const at = (...names: string[]) => path.join(this.folder, "pod", ...names);
    for (const name of ["bin", "config", "etc", "accounts"]) mkdirSync(at(name), { recursive: true });
    // In the image `gitea` is a script that knows the configuration.
    writeFileSync(at("bin/gitea"), `#!/bin/sh\nexec ${this.program} "$@" --config ${this.ini}\n`, { mode: 0o755 });
    writeFileSync(at("config/app.ini"), readFileSync(this.ini));
    for (const [name, password] of Object.entries(accounts)) writeFileSync(at("accounts", name), password);
    execFileSync("chown", ["-R", `${nobody.uid}:${nobody.gid}`, at()]);
    const here = script
      .replaceAll("/etc/gitea-config", at("config"))
      .replaceAll("/etc/gitea-accounts", at("accounts"))
      .replaceAll("/etc/gitea/", `${at("etc")}/`);
    const env = { ...this.environment, PATH: `${at("bin")}:${process.env["PATH"]}` };
    execFileSync("setpriv", [...asNobody, "/bin/sh", "-c", here], { env, stdio: ["ignore", "ignore", "pipe"] });
  }

  async boot(): Promise<void> {
    const log = openSync(this.logFile, "a");
    const { namespace } = this.options;
    const command = [...asNobody, this.program, "web", "--config", this.ini];
    const [program, args] =
      namespace === undefined ? ["setpriv", command] : ["ip", ["netns", "exec", namespace, "setpriv", ...command]];
    this.child = spawn(program as string, args as string[], { env: this.environment, stdio: ["ignore", log, log] });
    const api = this.api();
    for (;;) {
      if (this.child.exitCode !== null) throw new Error(`Gitea ended:\n${this.log().slice(-4000)}`);
      // Before there is an administrator it answers 401, which is an answer.
      const up = await api.client.ask("GET", "/version", undefined, { timeoutMs: 5000 }).then(
        () => true,
        (error: Error) => error.name === "GiteaRefused",
      );
      if (up) return;
      await sleep(100);
    }
  }

  async halt(): Promise<void> {
    for (const client of this.clients.splice(0)) client.close();
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
    // A Git that Gitea has started outlives it for a moment; a pod's end would be its end too.
    while (worksBelow(path.join(this.folder, "git"))) await sleep(50);
  }

  async remove(): Promise<void> {
    await this.halt();
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.logFile, { force: true });
  }

  private readonly program = sharedKit("gitea");
  private get ini(): string {
    return path.join(this.folder, "app.ini");
  }
  private get environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env["PATH"],
      HOME: path.join(this.folder, "home"),
      GITEA_WORK_DIR: this.folder,
      GITEA_TEMP: path.join(this.folder, "tmp"),
    };
  }

  private lay(address: string, port: number): void {
    for (const name of ["home", "tmp", "data", "git"]) mkdirSync(path.join(this.folder, name), { recursive: true });
    const { cert, key } =
      this.options.certificate ?? this.options.authority.issue({ commonName: address, ipAddresses: [address] });
    writeFileSync(path.join(this.folder, "tls.crt"), cert);
    writeFileSync(path.join(this.folder, "tls.key"), key);
    const ini: Record<string, Record<string, string | number | boolean>> = {
      "": { APP_NAME: "Gitea", RUN_MODE: "prod", WORK_PATH: this.folder },
      server: {
        PROTOCOL: "https",
        ROOT_URL: `https://${address}:${port}/`,
        HTTP_ADDR: address,
        HTTP_PORT: port,
        CERT_FILE: path.join(this.folder, "tls.crt"),
        KEY_FILE: path.join(this.folder, "tls.key"),
        APP_DATA_PATH: path.join(this.folder, "data"),
        STATIC_ROOT_PATH: path.dirname(this.program),
        DISABLE_SSH: true,
        OFFLINE_MODE: true,
        LFS_START_SERVER: false,
      },
      database: {
        DB_TYPE: "sqlite3",
        PATH: path.join(this.folder, "data/gitea.db"),
        SQLITE_JOURNAL_MODE: "WAL",
        LOG_SQL: false,
      },
      repository: { ROOT: path.join(this.folder, "git"), FORCE_PRIVATE: true },
      security: {
        INSTALL_LOCK: true,
        SECRET_KEY: randomBytes(24).toString("hex"),
        INTERNAL_TOKEN: internalToken(),
        PASSWORD_HASH_ALGO: "pbkdf2_v2",
      },
      oauth2: { ENABLED: false, JWT_SECRET: randomBytes(32).toString("base64url") },
      service: { DISABLE_REGISTRATION: true, REQUIRE_SIGNIN_VIEW: true },
      session: { PROVIDER: "memory" },
      cache: { ADAPTER: "memory" },
      queue: { TYPE: "level" },
      indexer: { ISSUE_INDEXER_TYPE: "db", REPO_INDEXER_ENABLED: false },
      "cron.update_checker": { ENABLED: false },
      picture: { DISABLE_GRAVATAR: true },
      actions: { ENABLED: false },
      packages: { ENABLED: false },
      log: { MODE: "console", LEVEL: "Info" },
    };
    for (const [section, keys] of Object.entries(this.options.ini ?? {})) ini[section] = { ...ini[section], ...keys };
    writeFileSync(this.ini, iniText(ini));
    execFileSync("chown", ["-R", `${nobody.uid}:${nobody.gid}`, this.folder]);
    chmodSync(this.folder, 0o755);
  }
}

const asNobody = [`--reuid=${nobody.uid}`, `--regid=${nobody.gid}`, "--clear-groups"];

/** Whether any process works in a folder or below it. */
function worksBelow(folder: string): boolean {
  return readdirSync("/proc").some((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

/** The folder's program where everybody may read it: caches lie in homes, which nobody else enters. */
function sharedKit(program: string): string {
  const kit = process.env["EDGEWAVE_TEST_GITEA"] ?? "";
  const shared = path.join(tmpdir(), `edgewave-kit-${path.basename(kit)}`);
  if (!existsSync(shared)) {
    const draft = `${shared}.${process.pid}`;
    // Links where both are on one disk.
    if (spawnSync("cp", ["-al", kit, draft]).status !== 0) {
      rmSync(draft, { recursive: true, force: true });
      execFileSync("cp", ["-a", kit, draft]);
    }
    if (spawnSync("mv", ["-T", draft, shared]).status !== 0) rmSync(draft, { recursive: true, force: true });
  }
  return path.join(shared, program);
}

/** As `gitea generate secret INTERNAL_TOKEN` makes them: any secret that is long enough will do. */
function internalToken(): string {
  return randomBytes(64).toString("base64url");
}

async function freePort(address: string): Promise<number> {
  const probe = createServer();
  probe.listen(0, address);
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}

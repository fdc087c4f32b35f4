import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { emptyJournal, type Journal } from "../../components/kubespray/day2/journal";
import type { Order } from "../../components/kubespray/day2/order";
import { specificationOf } from "../../components/kubespray/day2/specification";
import { inventoryPlan } from "../../components/kubespray/plan";
import type { Release, ResolvedSite } from "../../fleet/model";
import { journalFile } from "../../kubespray/journal";
import { profileOf } from "../../profiles";
import { repository } from "../support/edgewave";
import { aRelease, aSite } from "../support/fleet";
import type { SiteNetwork } from "./network";
import type { PlaybookRepository } from "./playbooks";

export interface RunnerOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A site with one control plane and workers, at the hosts of a network, and what runs its playbooks. */
export class FieldSite {
  readonly site: ResolvedSite;
  readonly record: string;
  readonly directory: string;
  release: Release;

  constructor(
    readonly folder: string,
    readonly network: SiteNetwork,
    readonly playbooks: PlaybookRepository,
    private readonly ansible: string,
  ) {
    const [plain] = [aSite({ profile: "mini", target: "field" })];
    const { net } = network;
    const bastion = network.host("bastion");
    this.site = {
      ...plain,
      ssh: { user: "root", port: 22 },
      bastion: { ...plain.bastion, sshUser: "root", address: bastion.address, hostKeys: [bastion.hostKey] },
      network: { ...plain.network, nodeCidr: `${net}.0/24`, gateway: `${net}.1` },
      nodes: [],
    };
    this.record = path.join(folder, "record");
    this.directory = path.join(folder, "site");
    // Versions that the small set is tagged with.
    this.release = aRelease({ kubernetes: "1.34.3" });
  }

  /** The order for a control plane `cp` and these workers. */
  order(workers: readonly string[], overrides: Partial<ResolvedSite> = {}): Order {
    const [sample] = this.site.nodes.length > 0 ? this.site.nodes : aSite({ profile: "mini" }).nodes;
    if (sample === undefined) throw new Error("a site has nodes");
    const node = (name: string, roles: ResolvedSite["nodes"][number]["roles"]) => {
      const { address } = this.network.host(name);
      return { ...sample, name, address, roles };
    };
    const nodes = [node("cp", ["control-plane"]), ...workers.map((name) => node(name, ["worker"]))];
    const site: ResolvedSite = { ...this.site, nodes, ...overrides };
    const profile = profileOf(site.profile);
    const files = inventoryPlan(site, this.release, profile);
    for (const { path: file, content } of files) {
      mkdirSync(path.dirname(path.join(this.directory, file)), { recursive: true });
      writeFileSync(path.join(this.directory, file), content);
    }
    // The hosts share this machine's files, and its python3 may be a shim of the person's.
    const interpreter = JSON.stringify({ ansible_python_interpreter: path.join(this.ansible, "bin", "python") });
    writeFileSync(path.join(this.directory, "inventory", "group_vars", "all", "test.yml"), interpreter);
    const { bastion, ssh } = site;
    return {
      format: 1,
      wanted: specificationOf(site, this.release, profile, files, ""),
      siteDirectory: this.directory,
      recordDirectory: this.record,
      bastion: {
        user: bastion.sshUser,
        address: bastion.address,
        port: bastion.sshPort,
        hostKeys: [...(bastion.hostKeys ?? [])],
      },
      ssh,
      hostKeys: Object.fromEntries(nodes.map(({ name }) => [name, [this.network.host(name).hostKey]])),
      kubeconfigEpoch: 0,
    };
  }

  /** Starts the real runner with an order on its standard input. */
  start(order: Order, verb = "apply", env: Readonly<Record<string, string>> = {}): RunningRunner {
    return new RunningRunner(verb, order, { ...this.settings(), ...env });
  }

  async run(order: Order, verb = "apply", env: Readonly<Record<string, string>> = {}): Promise<RunnerOutcome> {
    return this.start(order, verb, env).ended;
  }

  settings(): Record<string, string> {
    return {
      EDGEWAVE_SSH_KEY_FILE: this.network.key,
      EDGEWAVE_KUBESPRAY: this.playbooks.repository,
      EDGEWAVE_KUBESPRAY_COMMIT: this.playbooks.commit,
      EDGEWAVE_ANSIBLE_VENV: this.ansible,
      EDGEWAVE_PREPARE_PLAYBOOK: this.playbooks.prepare,
      EDGEWAVE_SSH_SILENCE: "5s",
      XDG_CACHE_HOME: path.join(this.folder, "cache"),
    };
  }

  journal(): Journal {
    try {
      return JSON.parse(readFileSync(journalFile(this.record), "utf8")) as Journal;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return emptyJournal;
      throw error;
    }
  }

  /** Lines such as `cluster cp 1.34.3` that the playbooks have written since the last call. */
  takeTrace(): string[] {
    const lines = readFileSync(this.playbooks.trace, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    writeFileSync(this.playbooks.trace, "");
    return lines;
  }

  log(): string {
    return readFileSync(path.join(this.record, "ansible.log"), "utf8");
  }
}

/** The runner's process, in a group of its own as an engine starts it. */
export class RunningRunner {
  readonly child: ChildProcess;
  readonly ended: Promise<RunnerOutcome>;

  constructor(verb: string, order: Order, env: Readonly<Record<string, string>>) {
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(EDGEWAVE_|ANSIBLE_|PULUMI_)/.test(name)),
    );
    this.child = spawn(process.execPath, [path.join(repository, "bin", "edgewave-kubespray.js"), verb], {
      env: { ...inherited, ...env },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    let stdout = "";
    let stderr = "";
    this.child.stdout?.on("data", (data: Buffer) => (stdout += data.toString()));
    this.child.stderr?.on("data", (data: Buffer) => (stderr += data.toString()));
    this.child.stdin?.end(JSON.stringify(order));
    this.ended = new Promise((resolve) => {
      this.child.once("close", (code) => resolve({ code, stdout, stderr }));
    });
  }

  /** As an engine cancels a command. */
  interrupt(): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, "SIGINT");
  }
}

/**
 * Processes of a runner of this folder that log in anywhere; none may be there after a run. Those of other sites, which
 * other tests may run beside it, have other folders in their environment.
 */
export function leftovers(folder: string): number[] {
  const all = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" }).split("\n");
  return all
    .filter((line) => line.includes("/ew-") && line.includes("ssh_config") && !line.includes(`${folder}/sshd`))
    .map((line) => parseInt(line, 10))
    .filter((pid) => environmentOf(pid).includes(folder));
}

/** As the process got it; empty for one that is gone. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { Step } from "../../../components/kubespray/day2/step";
import { inventoryPlan } from "../../../components/kubespray/plan";
import { playbookCommand } from "../../../kubespray/ansible/commandLine";
import { ansibleEnvironment } from "../../../kubespray/ansible/environment";
import { pinnedVenv } from "../../../kubespray/python/venv";
import { checkout } from "../../../kubespray/source/checkout";
import { kubesprayRelease } from "../../../kubespray/versions";
import { profileOf } from "../../../profiles";
import { profileNames } from "../../components/samples";
import { aRelease, aSite } from "../../support/fleet";

const source = process.env["KUBESPRAY_DIR"] ?? "";
const describeKubespray = (title: string, tests: (this: Mocha.Suite) => void) =>
  source === ""
    ? it.skip(`${title} (no Kubespray: let KUBESPRAY_DIR name a checkout or a mirror)`)
    : describe(title, tests);

const playbooks = [
  "cluster.yml",
  "playbooks/facts.yml",
  "scale.yml",
  "remove-node.yml",
  "upgrade-cluster.yml",
  "reset.yml",
] as const satisfies readonly Step["playbook"][];

describeKubespray("the real Kubespray, with the Ansible that is pinned for it", function () {
  this.timeout(1_800_000);
  const release = aRelease();
  const env = { PATH: process.env["PATH"] ?? "", HOME: homedir(), LC_ALL: "C.UTF-8" };
  const cache = path.join(process.env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache"), "edgewave");
  let folder: string;
  let kubespray: string;
  let venv: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "edgewave-real-"));
    const pinned = kubesprayRelease(release.kubespray);
    if (pinned === undefined) throw new Error(`${release.kubespray} is not pinned`);
    const { signal } = new AbortController();
    const { commit, tag, requirements } = pinned;
    kubespray = await checkout({ source, tag, commit, cache, env, signal });
    venv = await pinnedVenv({ requirements, python: undefined, wheelhouse: undefined, cache, env, signal });
  });
  after(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  for (const name of profileNames) {
    describe(`for ${name}`, () => {
      let inventory: string;
      const site = aSite({ profile: name });

      before(async () => {
        for (const { path: file, content } of inventoryPlan(site, release, profileOf(name))) {
          const at = path.join(folder, name, file);
          await mkdir(path.dirname(at), { recursive: true });
          await writeFile(at, content);
        }
        inventory = path.join(folder, name, "inventory", "hosts.yaml");
      });

      const run = async (playbook: string, variables: object, ...more: string[]) => {
        const file = path.join(folder, name, "variables.json");
        await writeFile(file, JSON.stringify(variables));
        const places = { run: path.join(folder, name), kubespray, plugins: "/nowhere", sshConfig: "/dev/null" };
        await writeFile(path.join(places.run, "ansible.cfg"), "");
        const { ANSIBLE_STDOUT_CALLBACK: _, ...environment } = ansibleEnvironment(places, {
          forks: 5,
          silenceSeconds: 30,
        });
        const step = { limit: [], tags: [] };
        const call = { step, playbook: path.join(kubespray, playbook), inventory, variables: file, mounts: [] };
        const command = playbookCommand(
          { kind: "venv", folder: venv },
          { ...call, environment: { ...env, ...environment } },
        );
        return await new Promise<{ code: number; output: string }>((resolve) => {
          const options = { env: command.env, cwd: kubespray, maxBuffer: 64 * 1024 * 1024 };
          execFile(command.file, [...command.args, ...more], options, (error, stdout, stderr) => {
            resolve({
              code: typeof error?.code === "number" ? error.code : error === null ? 0 : 1,
              output: stdout + stderr,
            });
          });
        });
      };

      it("its own checks of an inventory pass", async () => {
        // Every task of it looks at variables alone, so that no host is needed.
        const { code, output } = await run("playbooks/boilerplate.yml", {
          ansible_connection: "local",
          ansible_become: false,
        });
        expect(code, output.slice(-3000)).to.equal(0);
        expect(output).to.contain("validate_inventory");
      });

      for (const playbook of playbooks) {
        it(`${playbook} has tasks for it`, async () => {
          const node = site.nodes.at(-1)?.name ?? "";
          const { code, output } = await run(playbook, { node, skip_confirmation: true }, "--list-tasks");
          expect(code, output.slice(-3000)).to.equal(0);
          expect(output.match(/TAGS:/g)?.length ?? 0).to.be.above(5);
        });
      }
    });
  }
});

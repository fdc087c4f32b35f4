import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "smol-toml";
import { yamlText } from "../../../../components/file/yamlText";
import { imagePlan } from "../../../../components/images/plan";
import { firstTime, needsAnsible, type Ansible } from "../../../support/ansible";
import { withFolder } from "../../../support/edgewave";
import { aRelease, aSite } from "../../../support/fleet";

const source = process.env["KUBESPRAY_DIR"] ?? "";
const template = "roles/container-engine/containerd/templates/hosts.toml.j2";

describe("the hosts.toml that Kubespray's own template makes", function () {
  this.timeout(120_000);
  let ansible: Ansible;
  let text: string;
  before(async function () {
    this.timeout(firstTime);
    if (source === "") {
      console.log("      skipped: no Kubespray; let KUBESPRAY_DIR name a checkout or a mirror");
      return this.skip();
    }
    ansible = await needsAnsible(this);
    text = execFileSync("git", ["-C", source, "show", `${aRelease().kubespray}:${template}`], { encoding: "utf8" });
  });

  for (const registryAuthentication of ["none", "password", "certificate"] as const) {
    it(`says what the rendered file says, with authentication by ${registryAuthentication}`, () =>
      withFolder(async (folder) => {
        const { mirrors, files } = imagePlan(aSite({ bastion: { registryAuthentication } }), aRelease());
        const authorization = "Basic bm9kZTpzZWNyZXQ=";
        const inFolder = (name: string) => path.join(folder, name);
        writeFileSync(inFolder("hosts.toml.j2"), text);
        mkdirSync(inFolder("made"));
        const play = {
          hosts: "localhost",
          connection: "local",
          gather_facts: false,
          vars: { edgewave_registry_authorization: authorization, mirrors },
          tasks: [
            {
              "ansible.builtin.template": {
                src: inFolder("hosts.toml.j2"),
                dest: `${inFolder("made")}/{{ item.prefix }}.toml`,
                mode: "0640",
              },
              loop: "{{ mirrors }}",
            },
          ],
        };
        writeFileSync(inFolder("play.yml"), yamlText([play]));
        const python = path.join(ansible.folder, "bin", "python");
        const outcome = await ansible.run("ansible-playbook", [
          ...["--inventory", "localhost,", "--extra-vars", JSON.stringify({ ansible_python_interpreter: python })],
          inFolder("play.yml"),
        ]);
        expect(outcome.code, `${outcome.stdout}${outcome.stderr}`).to.equal(0);
        for (const [index, { prefix }] of mirrors.entries()) {
          const ours = files[index]?.content.replace("{{ edgewave_registry_authorization }}", authorization) ?? "";
          expect(parse(readFileSync(inFolder(`made/${prefix}.toml`), "utf8")), prefix).to.deep.equal(parse(ours));
        }
      }));
  }
});

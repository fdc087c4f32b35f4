import { expect } from "chai";
import { playbookCommand, type PlaybookCall, stopCommand } from "../../kubespray/ansible/commandLine";
import { ansibleEnvironment, plainEnvironment } from "../../kubespray/ansible/environment";

const call: PlaybookCall = {
  step: { limit: ["w1", "w2"], tags: ["containerd"] },
  playbook: "/cache/kubespray/cluster.yml",
  inventory: "/run/ew/inventory/hosts.yaml",
  variables: "/run/ew/variables.json",
  mounts: ["/run/ew", "/cache/kubespray", "/keys/id"],
  environment: { PATH: "/usr/bin", HOME: "/root", ANSIBLE_FORKS: "10" },
};
const playbook = [
  "--inventory",
  "/run/ew/inventory/hosts.yaml",
  "--extra-vars",
  "@/run/ew/variables.json",
  "--limit",
  "w1,w2",
  "--tags",
  "containerd",
  "/cache/kubespray/cluster.yml",
];

describe("the command line of a playbook", () => {
  it("is ansible-playbook of the virtual environment, with extra variables in a file", () => {
    const { file, args, env } = playbookCommand({ kind: "venv", folder: "/venv" }, call);
    expect(file).to.equal("/venv/bin/ansible-playbook");
    expect(args).to.deep.equal(playbook);
    expect(env).to.equal(call.environment);
  });

  it("leaves limit and tags out where there are none", () => {
    const { args } = playbookCommand({ kind: "venv", folder: "/venv" }, { ...call, step: { limit: [], tags: [] } });
    expect(args).not.to.include("--limit").and.not.to.include("--tags");
  });

  it("is the container engine's run, with the same paths inside, and only the run's folder writable", () => {
    const ansible = {
      kind: "container",
      engine: "podman",
      image: "quay.io/kubespray/kubespray:v2.31.0",
      name: "x",
    } as const;
    const { file, args } = playbookCommand(ansible, call);
    expect(file).to.equal("podman");
    const at = args.indexOf(ansible.image);
    expect(args.slice(at + 1)).to.deep.equal(playbook);
    expect(args.slice(at - 2, at)).to.deep.equal(["--entrypoint", "ansible-playbook"]);
    const before = args.slice(0, at).join(" ");
    expect(before).to.match(/^run --rm --init --name x --network host /);
    expect(before).to.contain("--volume /run/ew:/run/ew --volume /cache/kubespray:/cache/kubespray:ro");
    expect(before).to.contain("--volume /keys/id:/keys/id:ro --env ANSIBLE_FORKS=10");
    expect(before).not.to.contain("PATH=");
  });

  it("has a way to end a container whose client was killed, and none for a process", () => {
    expect(stopCommand({ kind: "container", engine: "docker", image: "i", name: "x" })).to.deep.equal({
      file: "docker",
      args: ["rm", "--force", "x"],
    });
    expect(stopCommand({ kind: "venv", folder: "/venv" })).to.equal(undefined);
  });
});

describe("Ansible's environment", () => {
  const places = { kubespray: "/k", plugins: "/p", sshConfig: "/run/a/ssh_config" };
  const of = (run: string) => ansibleEnvironment({ ...places, run }, { forks: 5, silenceSeconds: 60 });

  it("lets two sites' runs write nowhere in common", () => {
    const [a, b] = [of("/run/a"), of("/run/b")];
    const written = Object.keys(a).filter((name) => a[name]?.includes("/run/a") && name !== "ANSIBLE_SSH_ARGS");
    expect(written).to.include.members([
      "ANSIBLE_CONFIG",
      "ANSIBLE_HOME",
      "ANSIBLE_LOCAL_TEMP",
      "ANSIBLE_SSH_CONTROL_PATH_DIR",
      "ANSIBLE_CACHE_PLUGIN_CONNECTION",
    ]);
    for (const name of written) expect(b[name], name).to.contain("/run/b");
  });

  it("checks host keys, whatever the ansible.cfg of Kubespray says", () => {
    expect(of("/run/a")).to.include({ ANSIBLE_HOST_KEY_CHECKING: "True", ANSIBLE_CONFIG: "/run/a/ansible.cfg" });
  });

  it("takes nothing over that could be a secret or another Ansible's setting", () => {
    const around = {
      PATH: "/bin",
      HOME: "/root",
      PULUMI_CONFIG_PASSPHRASE: "x",
      ANSIBLE_CONFIG: "/etc/a",
      TMPDIR: "/t",
    };
    expect(plainEnvironment(around)).to.deep.equal({ PATH: "/bin", HOME: "/root", TMPDIR: "/t" });
  });
});

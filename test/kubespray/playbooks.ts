import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * A small set of playbooks with Kubespray's file names, in a repository with a tag. Each checks what it is given and
 * writes a line into `trace` for every host, so that a test sees what was run where.
 */
export class PlaybookRepository {
  readonly repository: string;
  readonly commit: string;
  /** In place of edgewave's own prepare-nodes.yml, which would change this machine's files. */
  readonly prepare: string;
  /** Absolute path of the lines that were written. */
  readonly trace: string;

  constructor(
    readonly folder: string,
    tag: string,
    adminConf: string,
  ) {
    this.repository = path.join(folder, "kubespray");
    this.trace = path.join(folder, "trace");
    this.prepare = path.join(folder, "own", "prepare-nodes.yml");
    writeFileSync(this.trace, "");
    const admin = path.join(folder, "admin.conf");
    writeFileSync(admin, adminConf, { mode: 0o600 });
    const play = (name: string, hosts: string, more = "") => this.play(name, hosts, more);
    const install = `
    - name: Give the first control plane its kubeconfig
      ansible.builtin.copy: { src: ${admin}, dest: /etc/kubernetes/admin.conf, mode: "0600" }
      when: inventory_hostname == groups['kube_control_plane'][0]
`;
    const files: Record<string, string> = {
      "ansible.cfg": "[defaults]\nhost_key_checking = False\ninventory = /nowhere\n",
      "cluster.yml": play("cluster", "k8s_cluster", `${this.checks()}${this.trouble()}${install}`),
      "playbooks/facts.yml": play("facts", "k8s_cluster", "    - ansible.builtin.setup:\n"),
      "scale.yml": play("scale", "kube_node", `${this.facts()}${this.trouble()}`),
      "remove-node.yml": play("remove-node", "{{ node | default('this_is_unreachable') }}", this.removal()),
      "upgrade-cluster.yml": play("upgrade-cluster", "k8s_cluster", `${this.trouble()}${install}`).replace(
        "  hosts:",
        "  serial: \"{{ serial | default('20%') }}\"\n  hosts:",
      ),
      "reset.yml": play(
        "reset",
        "k8s_cluster",
        this.assert("reset_confirmation | bool", "skip_confirmation is boolean"),
      ),
      "roles/noted/tasks/main.yml": `- name: Write down what is run
  ansible.builtin.shell: echo "{{ noted }} {{ inventory_hostname }} {{ kube_version }}" >> ${this.trace}
  delegate_to: "{{ groups['kube_control_plane'][0] if noted == 'remove-node' else inventory_hostname }}"
`,
      "library/.keep": "",
    };
    for (const [file, text] of Object.entries(files)) this.write(path.join(this.repository, file), text);
    this.write(this.prepare, this.play("prepare", "k8s_cluster", this.assert("edgewave_site_directory is string")));
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", this.repository, "-c", "user.name=t", "-c", "user.email=t@example", ...args], {
        encoding: "utf8",
      });
    git("init", "--quiet");
    git("add", "--all");
    git("commit", "--quiet", "--message", "playbooks");
    git("tag", tag);
    this.commit = git("rev-parse", "HEAD").trim();
  }

  /** A switch that `trouble` tasks look at: `fail HOST`, or `wait HOST`, which goes on once the file is gone. */
  switch(name: string): string {
    return path.join(this.folder, name.replace(" ", "-"));
  }

  private play(name: string, hosts: string, more: string): string {
    // The role is the repository's; a playbook that is not Kubespray's finds it by the roles path.
    return `- name: Play ${name}
  hosts: "${hosts}"
  gather_facts: false
  any_errors_fatal: false
  vars: { noted: ${name} }
  tasks:
    - ansible.builtin.include_role: { name: noted, apply: { tags: always } }
      tags: always
${more}`;
  }

  private assert(...that: string[]): string {
    return `    - name: Check what is given
      ansible.builtin.assert:
        that: ${JSON.stringify(that)}
`;
  }

  private checks(): string {
    return `    - name: Know the host
      ansible.builtin.setup: { gather_subset: [network] }
      tags: always
    - name: Be the host that the inventory says, with values of the right types
      ansible.builtin.assert:
        that:
          - ansible_host == ip
          - ip in ansible_facts.all_ipv4_addresses
          - kube_encrypt_secret_data is boolean
          - audit_log_maxage is integer
          - kube_version is string
          - containerd_registries_mirrors is sequence
          - groups['etcd'] | length is not divisibleby 2
      tags: always
`;
  }

  private facts(): string {
    return `    - name: Have facts of every node, also of those that the limit leaves out
      ansible.builtin.assert:
        that: hostvars[item].ansible_facts.hostname is defined
      loop: "{{ groups['k8s_cluster'] }}"
`;
  }

  private trouble(): string {
    return `    - name: Wait for the other side
      ansible.builtin.shell: touch ${this.folder}/waiting-{{ inventory_hostname }}; while [ -e ${this.folder}/wait-{{ inventory_hostname }} ]; do sleep 0.1; done
    - name: Install what the node needs
      ansible.builtin.shell: if [ -e ${this.folder}/fail-{{ inventory_hostname }} ]; then echo disk full >&2; exit 3; fi
      register: installed
`;
  }

  private removal(): string {
    return `    - name: Reset the node
      ansible.builtin.command: "true"
      when: reset_nodes | default(true)
    - name: Check what is given
      delegate_to: "{{ groups['kube_control_plane'][0] }}"
      ansible.builtin.assert:
        that: [skip_confirmation is boolean, "reset_nodes | default(true) is boolean"]
`;
  }

  private write(file: string, text: string): void {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

import type { Bastion } from "../../fleet/model";
import { nodePaths, secretVariables } from "../images/mirrors";
import { timeServersOf } from "./groupVarsAll";
import type { InventorySite } from "./inventorySite";

/** The site's folder as Ansible knows it: edgewave's runner names it, because it works on a copy of the inventory. */
export const siteFolder = "(edgewave_site_directory | default(inventory_dir ~ '/..'))";

/** Where the mirror has packages: `apt/debian` and `apt/ubuntu` as their archives are, and `apt/debian-security`. */
const packagesPath = "apt";

/** `group_vars/all/edgewave.yml`: what `prepare-nodes.yml` is told of the site. */
export function preparationVars(site: InventorySite) {
  const { bastion, network } = site;
  return {
    edgewave_bastion_host: bastion.host,
    edgewave_bastion_address: bastion.address,
    edgewave_packages_url: `http://${bastion.host}:${bastion.filesPort}/${packagesPath}`,
    ...trustVars(bastion),
    edgewave_dns_servers: [...network.dnsServers],
    edgewave_ntp_servers: timeServersOf(site),
  };
}

function trustVars({ packages }: Bastion) {
  return {
    edgewave_packages_trusted: packages.by === "address",
    // deb822 takes a key in the file itself (sources.list(5), Signed-By).
    edgewave_packages_key: packages.by === "key" ? packages.key : "",
  };
}

const root = { owner: "root", group: "root" } as const;
const task = (name: string, module: string, options: object, more: object = {}) => ({
  name,
  [`ansible.builtin.${module}`]: options,
  ...more,
});
const file = (dest: string, content: string, mode = "0644") => ({ dest, content, ...root, mode });

/** Sources as apt wants them; Ubuntu has its security updates in the same archive, Debian elsewhere. */
const sources = `# Made by edgewave; changes are overwritten.
{% set signed %}
{% if edgewave_packages_trusted %}
Trusted: yes
{% elif edgewave_packages_key %}
Signed-By:
{% for line in edgewave_packages_key.strip().split('\\n') %}
 {{ line if line else '.' }}
{% endfor %}
{% else %}
Signed-By: /usr/share/keyrings/{{ ansible_distribution | lower }}-archive-keyring.gpg
{% endif %}
{% endset %}
{% set release = ansible_distribution_release %}
{% set debian = ansible_distribution == 'Debian' %}
Types: deb
URIs: {{ edgewave_packages_url }}/{{ ansible_distribution | lower }}
Suites: {{ release }} {{ release }}-updates{{ '' if debian else ' ' ~ release ~ '-security' }}
Components: main{{ '' if debian else ' universe' }}
{{ signed }}{% if debian %}

Types: deb
URIs: {{ edgewave_packages_url }}/debian-security
Suites: {{ release }}-security
Components: main
{{ signed }}{% endif %}`;

/** As Kubespray's own chrony.conf.j2 with \`ntp_tinker_panic\`, so that its run changes nothing. */
const chrony = `# Made by edgewave; changes are overwritten.
{% for server in edgewave_ntp_servers %}
server {{ server }} iburst
{% endfor %}
driftfile /var/lib/chrony/drift
# A clock that ran free through a long outage is corrected whatever its offset.
makestep 1.0 -1
rtcsync
logdir /var/log/chrony
`;

const systemd = "ansible_service_mgr == 'systemd'";

/**
 * The playbook that runs on every node before Kubespray's: it needs packages, names, time and the site's authority, and
 * takes all of them as given. It can be run again at any time and changes what differs.
 * @returns a list of plays
 */
export function prepareNodes() {
  return [
    {
      name: "Prepare nodes for Kubespray",
      hosts: "k8s_cluster:etcd",
      become: true,
      gather_facts: true,
      any_errors_fatal: false,
      tasks: [...distribution, ...authority, ...names, ...packages, ...time],
      handlers,
    },
  ];
}

const distribution = [
  task("Know the distribution", "assert", {
    that: ["ansible_distribution in ['Debian', 'Ubuntu']"],
    fail_msg: "{{ inventory_hostname }} runs {{ ansible_distribution }}; nodes are prepared on Debian and Ubuntu only.",
    quiet: true,
  }),
];

const authority = [
  task("Make the folder of the image path", "file", {
    path: nodePaths.folder,
    state: "directory",
    ...root,
    mode: "0755",
  }),
  task("Trust the site's authority", "copy", {
    src: `{{ ${siteFolder} }}/images/site-ca.pem`,
    dest: nodePaths.authority,
    ...root,
    mode: "0644",
  }),
  ...(
    [
      [nodePaths.clientCertificate, secretVariables.clientCertificate, "0644"],
      [nodePaths.clientKey, secretVariables.clientKey, "0600"],
    ] as const
  ).map(([dest, variable, mode]) =>
    task(`Write ${dest}`, "copy", file(dest, `{{ ${variable} }}`, mode), {
      when: `${variable} is defined`,
      no_log: true,
    }),
  ),
];

const names = [
  task("Know the bastion by name, whatever DNS says", "blockinfile", {
    path: "/etc/hosts",
    marker: "# {mark} edgewave: the bastion",
    block: "{{ edgewave_bastion_address }} {{ edgewave_bastion_host }}",
    unsafe_writes: "{{ ansible_virtualization_type | default('') in ['docker', 'container', 'podman'] }}",
  }),
  task(
    "Look for systemd-resolved",
    "stat",
    { path: "/run/systemd/resolve/resolv.conf" },
    { register: "edgewave_resolved" },
  ),
  task(
    "Make the folder of systemd-resolved's settings",
    "file",
    { path: "/etc/systemd/resolved.conf.d", state: "directory", ...root, mode: "0755" },
    { when: "edgewave_resolved.stat.exists" },
  ),
  task(
    "Ask the site's name servers",
    "copy",
    file(
      "/etc/systemd/resolved.conf.d/edgewave.conf",
      "[Resolve]\nDNS={{ edgewave_dns_servers | join(' ') }}\nFallbackDNS=\n",
    ),
    { when: "edgewave_resolved.stat.exists", notify: "Restart systemd-resolved" },
  ),
  task("Read what names are resolved by", "slurp", { src: "/etc/resolv.conf" }, { register: "edgewave_resolvconf" }),
  task(
    "Ask the site's name servers, without systemd-resolved",
    "copy",
    {
      ...file("/etc/resolv.conf", "{% for server in edgewave_dns_servers %}\nnameserver {{ server }}\n{% endfor %}"),
      follow: false,
      unsafe_writes: "{{ ansible_virtualization_type | default('') in ['docker', 'container', 'podman'] }}",
    },
    // Once Kubespray has put the cluster's name server there, it is Kubespray's.
    {
      when: ["not edgewave_resolved.stat.exists", "'Ansible entries' not in (edgewave_resolvconf.content | b64decode)"],
    },
  ),
];

const packages = [
  task("Take packages from the bastion", "copy", file("/etc/apt/sources.list.d/edgewave.sources", sources), {
    register: "edgewave_sources",
  }),
  task(
    "Look for other sources of packages",
    "find",
    { paths: ["/etc/apt"], patterns: ["*.list", "*.sources"], recurse: true, excludes: ["edgewave.sources"] },
    { register: "edgewave_others" },
  ),
  task(
    "Keep other sources of packages aside",
    "copy",
    { src: "{{ item.path }}", dest: "{{ item.path }}.before-edgewave", remote_src: true, mode: "preserve" },
    { loop: "{{ edgewave_others.files }}", loop_control: { label: "{{ item.path }}" } },
  ),
  task(
    "Ask no other source of packages",
    "file",
    { path: "{{ item.path }}", state: "absent" },
    {
      loop: "{{ edgewave_others.files }}",
      loop_control: { label: "{{ item.path }}" },
      register: "edgewave_removed",
    },
  ),
  task(
    "Read the lists of packages",
    "apt",
    { update_cache: true },
    {
      when: ["edgewave_sources is changed or edgewave_removed is changed", "not ansible_check_mode"],
      tags: ["online"],
    },
  ),
];

const time = [
  task(
    "Install chrony",
    "apt",
    { name: "chrony", state: "present" },
    { when: "not ansible_check_mode", tags: ["online"] },
  ),
  task("Make the folder of chrony", "file", { path: "/etc/chrony", state: "directory", ...root, mode: "0755" }),
  task("Take the time from the site's servers", "copy", file("/etc/chrony/chrony.conf", chrony), {
    notify: "Restart chrony",
  }),
  { name: "Set what has changed into force", "ansible.builtin.meta": "flush_handlers" },
  task(
    "Wait until the clock is right, because certificates are judged by it",
    "command",
    // Up to 12 tries, 10 seconds apart, until the correction that is left is below a second.
    { argv: ["chronyc", "waitsync", "12", "1", "0", "10"] },
    { changed_when: false, when: systemd, tags: ["online"] },
  ),
];

const handlers = [
  task("Restart systemd-resolved", "service", { name: "systemd-resolved", state: "restarted" }, { when: systemd }),
  task("Restart chrony", "service", { name: "chrony", state: "restarted" }, { when: systemd }),
];

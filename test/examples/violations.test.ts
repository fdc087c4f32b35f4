import { expect } from "chai";
import path from "node:path";
import { runCli } from "../../cli/run";
import { siteResources } from "../../check/siteResources";
import type { Fleet, Release, ResolvedSite } from "../../fleet/model";
import { readFleet } from "../../fleet/read";
import type { Resource } from "../../policy/resource";
import { kubernetesObject, helmValues } from "../../policy/resource";
import { ruleNamed, rules } from "../../policy/rules";
import { digest, check, type World } from "../policy/support";
import { repository, withFolder } from "../support/edgewave";
import { recordedIo } from "../support/io";

const folder = path.join(repository, "examples", "violations");

interface Violation {
  readonly rule: string;
  readonly site?: string;
  readonly level: string;
  readonly message: string;
  readonly resource: string;
  readonly file: string;
  readonly line: number;
}

describe("the fleet of violations", function () {
  this.timeout(120_000);

  let violations: readonly Violation[];
  let fleet: Fleet;
  let release: Release;
  let site: ResolvedSite;
  let built: readonly Resource[];

  before(async () => {
    const read = await readFleet(folder);
    expect(read.findings).to.deep.equal([]);
    fleet = read.fleet!;
    release = fleet.releases[0]!;
    site = fleet.sites.find(({ name }) => name === "evora")!;
    built = await siteResources({ site, release, fleet, signers: [], outputDirectory: "/nowhere" });
    violations = await withFolder(async (out) => {
      const io = recordedIo(repository, { PATH: process.env["PATH"] ?? "" });
      const args = ["--manifests", path.join(folder, "manifests"), "--release", "2026.11.0", "--day", "2026-11-28"];
      const code = await runCli(["check", "--fleet", folder, "--out", out, "--json", ...args], io);
      expect(code, io.err()).to.equal(1);
      return (JSON.parse(io.out()) as { policy: { violations: Violation[] } }).policy.violations;
    });
  });

  /** Rules that the files break, with who breaks them. */
  const byFiles: readonly (readonly [rule: string, resource: string])[] = [
    ["image-by-digest", "Deployment shop/latest"],
    ["chart-image-by-digest", "HelmRelease flux-system/loki"],
    ["image-not-latest", "Deployment shop/latest"],
    ["image-through-bastion", "Pod shop/elsewhere"],
    ["no-harbor", "OCIRepository shop/harbor"],
    ["container-resources", "Pod shop/unsized"],
    ["requests-within-limits", "Pod shop/large"],
    ["node-budget", "Node aveiro-1"],
    ["replicas-fit-topology", "Deployment shop/twins"],
    ["volumes-fit-disk", "Node aveiro-1"],
    ["replicas-apart", "Deployment shop/twins"],
    ["disruption-budget", "Deployment shop/twins"],
    ["disruption-budget-blocks", "PodDisruptionBudget shop/never"],
    ["no-privileged", "DaemonSet shop/driver"],
    ["no-added-capabilities", "DaemonSet shop/driver"],
    ["no-host-path", "DaemonSet shop/driver"],
    ["no-host-namespaces", "DaemonSet shop/driver"],
    ["namespace-pod-security", "Namespace shop"],
    ["network-policies", "DaemonSet shop/driver"],
    ["service-account-token", "DaemonSet shop/driver"],
    ["secret-in-clear", "ConfigMap shop/till"],
    ["secret-on-command-line", "DaemonSet shop/driver"],
    ["sops-in-git", "Secret shop/till"],
    ["key-strength", "Certificate shop/till"],
    ["certificate-lifetime", "Certificate shop/till"],
    ["no-outside-url", "ConfigMap shop/till"],
    ["flux-source-local", "GitRepository shop/shop"],
    ["flux-source-verified", "GitRepository shop/shop"],
    ["local-dns", "Command inventory/group_vars/all/all.yml"],
    ["local-alert-receiver", "HelmValues shop-metrics"],
    ["retention-bears-outage", "HelmValues shop-metrics"],
    ["buffer-bears-outage", "KafkaTopic shop/till"],
    ["image-in-catalog", "Pod shop/elsewhere"],
    ["licence-allowed", "Release 2026.11.0"],
    ["end-of-support", "Release 2026.11.0"],
    ["one-release-per-wave", "Rollout new"],
    ["site-labels", "Site aveiro"],
  ];
  for (const [rule, resource] of byFiles) {
    it(`is reported for ${rule}`, () => {
      expect(violations.filter((one) => one.rule === rule).map((one) => one.resource)).to.include(resource);
    });
  }

  it("is reported where each value comes from, also those that hold for the site's release or every site", () => {
    for (const { file, line, message } of violations) {
      expect(file, message).to.match(/^(fleet|policy)\.yaml$|^(sites|releases|rollouts)\/[\w.-]+\.yaml$/);
      expect(line, message).to.be.greaterThan(0);
    }
    const dns = violations.find(({ rule }) => rule === "local-dns");
    expect([dns?.file, dns?.site]).to.deep.equal(["sites/aveiro.yaml", "aveiro"]);
  });

  /** Rules that no file can break: one change of what was built, or of the fleet, breaks each. */
  const changed = (change: (resource: Resource) => Resource | undefined) =>
    built.flatMap((resource) => change(resource) ?? []);
  const byChange: readonly (readonly [rule: string, resources: () => readonly Resource[], world: () => World])[] = [
    [
      "image-architecture",
      () =>
        built
          .filter(({ name }) => name === "gitea-server")
          .map((one) => renamed(one, `docker.gitea.com/gitea:1.26.1-rootless@${digest}`)),
      () => ({ release: locked(release) }),
    ],
    [
      "odd-etcd",
      () =>
        changed((one) =>
          one.name === "inventory/hosts.yaml"
            ? edited(one, "        evora-cp-3: {}\n    kube_node", "    kube_node")
            : undefined,
        ),
      () => ({}),
    ],
    [
      "local-ntp",
      () =>
        changed((one) =>
          one.name.endsWith("all/all.yml") ? edited(one, "10.60.2.2 iburst", "192.0.2.1 iburst") : undefined,
        ),
      () => ({}),
    ],
    [
      "object-labels",
      () => changed((one) => (kubernetesObject(one)?.kind === "KafkaMirrorMaker2" ? unlabelled(one) : undefined)),
      () => ({}),
    ],
    ["site-has-backup", () => built.filter((one) => helmValues(one)?.service !== "velero"), () => ({})],
    [
      "stateful-kept",
      () => built.filter(({ name }) => name !== "gitea-data"),
      () => ({ deployed: built.filter(({ origin }) => origin === "stack") }),
    ],
    [
      "profile-node-counts",
      () => [],
      () => ({ fleet: { ...fleet, sites: [{ ...site, nodes: site.nodes.slice(1) }] } }),
    ],
    [
      "networks-apart",
      () => [],
      () => ({
        fleet: {
          ...fleet,
          sites: [
            site,
            {
              ...site,
              name: "beja",
              network: { ...site.network, nodeCidr: "10.60.0.0/16" },
              nodes: [],
              source: { file: "sites/beja.yaml", line: 1 },
              bastion: { ...site.bastion, address: "10.60.9.2" },
            },
          ].map((one) => ({
            ...one,
            network: {
              ...one.network,
              gateway: one.name === "beja" ? "10.60.9.1" : one.network.gateway,
              apiVip: one.name === "beja" ? undefined : one.network.apiVip,
            },
          })),
        },
      }),
    ],
    [
      "versions-in-catalog",
      () => [],
      () => ({ release: { ...release, components: { ...release.components, gitea: "9.9.9" } } }),
    ],
  ];
  for (const [name, resources, world] of byChange) {
    it(`would be reported for ${name}`, () => {
      const rule = ruleNamed(name)!;
      const sound = check(rule, rule.scope === "fleet" ? [] : built, { site, release, fleet });
      expect(
        sound.map(({ message }) => message),
        "as it was built",
      ).to.deep.equal([]);
      expect(check(rule, resources(), { site, release, fleet, ...world() }).length).to.be.greaterThan(0);
    });
  }

  it("leaves no rule out", () => {
    expect([...byFiles.map(([rule]) => rule), ...byChange.map(([rule]) => rule)].sort()).to.deep.equal(
      rules.map(({ name }) => name).sort(),
    );
  });
});

function edited(resource: Resource, before: string, after: string): Resource {
  const props = resource.props as { stdin: string };
  expect(props.stdin).to.include(before);
  return { ...resource, props: { ...props, stdin: props.stdin.replace(before, after) } };
}

function renamed(resource: Resource, image: string): Resource {
  return {
    ...resource,
    props: JSON.parse(
      JSON.stringify(resource.props).replaceAll(/"image":"[^"]*"/g, `"image":${JSON.stringify(image)}`),
    ) as unknown,
  };
}

function unlabelled(resource: Resource): Resource {
  const props = resource.props as { metadata: object };
  return { ...resource, props: { ...props, metadata: { ...props.metadata, labels: {} } } };
}

/** The digest is that of the other architecture. */
function locked(release: Release): Release {
  const image = {
    tag: "1.26.1-rootless",
    index: `sha256:${"c".repeat(64)}`,
    arm64: digest,
    amd64: `sha256:${"b".repeat(64)}`,
  };
  return { ...release, lock: { release: release.name, digests: { "docker.gitea.com/gitea": image }, charts: {} } };
}

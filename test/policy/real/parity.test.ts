import { expect } from "chai";
import { admissionPolicies, admissionPolicyNames as enforced } from "../../../policy/admission/kyverno";
import type { Resource } from "../../../policy/resource";
import { rules } from "../../../policy/rules";
import { aLock, aRelease, aSite } from "../../support/fleet";
import { check, digest, object } from "../support";
import { kyverno, refusedByKyverno } from "./kyverno";

/** The site and the release that `check` knows. */
const place = { site: aSite(), release: aRelease({ lock: aLock() }) };

const bastion = `${place.site.bastion.host}:${place.site.bastion.registryPort}`;
const sound = {
  name: "main",
  image: `ghcr.io/a/b:1.0@${digest}`,
  resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" } },
  securityContext: { privileged: false, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};
const secured = (changes: object) => ({ ...sound, securityContext: { ...sound.securityContext, ...changes } });

/** What makes a pod of a spec, by its kind. */
const makers: Readonly<Record<string, (spec: object) => object>> = {
  "core/Pod": (spec) => ({ spec }),
  "apps/v1/Deployment": (spec) => ({
    spec: { selector: { matchLabels: { a: "b" } }, template: { metadata: { labels: { a: "b" } }, spec } },
  }),
  "apps/v1/StatefulSet": (spec) => ({
    spec: {
      serviceName: "s",
      selector: { matchLabels: { a: "b" } },
      template: { metadata: { labels: { a: "b" } }, spec },
    },
  }),
  "apps/v1/DaemonSet": (spec) => ({
    spec: { selector: { matchLabels: { a: "b" } }, template: { metadata: { labels: { a: "b" } }, spec } },
  }),
  "batch/v1/Job": (spec) => ({ spec: { template: { spec } } }),
  "batch/v1/CronJob": (spec) => ({ spec: { schedule: "0 0 * * *", jobTemplate: { spec: { template: { spec } } } } }),
};

/** A pod's spec, in which namespace, and the rules that refuse it. */
const specs: readonly (readonly [title: string, spec: object, refusing: readonly string[], namespace?: string])[] = [
  ["sound", { containers: [sound] }, []],
  ["by-tag", { containers: [{ ...sound, image: "ghcr.io/a/b:1.0" }] }, ["image-by-digest"]],
  ["latest", { containers: [{ ...sound, image: "ghcr.io/a/b:latest" }] }, ["image-by-digest", "image-not-latest"]],
  [
    "no-tag",
    { containers: [{ ...sound, image: "ghcr.io:443/a/b" }] },
    ["image-by-digest", "image-not-latest", "image-through-bastion"],
  ],
  ["elsewhere", { containers: [{ ...sound, image: `registry.example/a/b@${digest}` }] }, ["image-through-bastion"]],
  ["on-the-node", { containers: [{ ...sound, image: `localhost/a/b@${digest}` }] }, ["image-through-bastion"]],
  ["of-the-bastion", { containers: [{ ...sound, image: `${bastion}/ours/b:1@${digest}` }] }, []],
  [
    "second-container",
    { containers: [sound, { ...sound, name: "two", image: "b" }] },
    ["image-by-digest", "image-not-latest"],
  ],
  [
    "init-container",
    { initContainers: [{ ...sound, name: "one", resources: {} }], containers: [sound] },
    ["container-resources"],
  ],
  [
    "no-limits",
    { containers: [{ ...sound, resources: { requests: sound.resources.requests } }] },
    ["container-resources"],
  ],
  [
    "no-memory-request",
    { containers: [{ ...sound, resources: { ...sound.resources, requests: { cpu: "1" } } }] },
    ["container-resources"],
  ],
  ["privileged", { containers: [secured({ privileged: true })] }, ["no-privileged"]],
  ["may-escalate", { containers: [secured({ allowPrivilegeEscalation: undefined })] }, ["no-privileged"]],
  ["privileged-named", { containers: [secured({ privileged: true })] }, [], "kube-system"],
  ["no-context", { containers: [{ ...sound, securityContext: undefined }] }, ["no-privileged"]],
  ["bind-service", { containers: [secured({ capabilities: { add: ["NET_BIND_SERVICE"] } })] }, []],
  [
    "net-admin",
    { containers: [secured({ capabilities: { add: ["NET_BIND_SERVICE", "NET_ADMIN"] } })] },
    ["no-added-capabilities"],
  ],
  ["host-path", { containers: [sound], volumes: [{ name: "v", hostPath: { path: "/" } }] }, ["no-host-path"]],
  ["empty-dir", { containers: [sound], volumes: [{ name: "v", emptyDir: {} }] }, []],
  ["host-path-named", { containers: [sound], volumes: [{ name: "v", hostPath: { path: "/" } }] }, [], "velero"],
  ["host-network", { hostNetwork: true, containers: [sound] }, ["no-host-namespaces"]],
  ["host-pid", { hostPID: true, containers: [sound] }, ["no-host-namespaces"]],
  ["own-network", { hostNetwork: false, containers: [sound] }, []],
];

const enforce = "pod-security.kubernetes.io/enforce";
const namespaces: readonly (readonly [name: string, labels: object | undefined, refusing: readonly string[]])[] = [
  ["restricted", { [enforce]: "restricted" }, []],
  ["baseline", { [enforce]: "baseline" }, []],
  ["privileged", { [enforce]: "privileged" }, ["namespace-pod-security"]],
  ["unlabelled", { other: "x" }, ["namespace-pod-security"]],
  ["bare", undefined, ["namespace-pod-security"]],
  ["velero", { [enforce]: "privileged" }, []],
];

interface Case {
  readonly key: string;
  readonly resource: Resource;
  readonly refusing: readonly string[];
}

const cases: readonly Case[] = [
  ...Object.entries(makers).flatMap(([kind, make]) =>
    specs.map(([title, spec, refusing, namespace = "room"]): Case => {
      const body = { metadata: { name: title, namespace }, ...make({ restartPolicy: "Never", ...spec }) };
      return { key: `${kind.split("/").at(-1)} ${title}`, resource: object(kind, body), refusing };
    }),
  ),
  ...namespaces.map(([name, labels, refusing]): Case => {
    return { key: `Namespace ${name}`, resource: object("core/Namespace", { metadata: { name, labels } }), refusing };
  }),
];

describe(`rules at admission, by ${kyverno === undefined ? "their own table: Kyverno's command line is not here" : "Kyverno's own command line"}`, function () {
  this.timeout(300_000);

  it("give the verdicts that the table has, in CrossGuard and in the fleet check", () => {
    for (const { key, resource, refusing } of cases) {
      const said = enforced.filter(
        (name) =>
          check(
            rules.find((rule) => rule.name === name)!,
            [resource],
          ).length > 0,
      );
      expect(said, key).to.deep.equal(refusing);
    }
  });

  (kyverno === undefined ? it.skip : it)("give the same verdicts in Kyverno", async () => {
    const objects = cases.map(({ resource }) => resource.props);
    const said = await refusedByKyverno(admissionPolicies({ place }), objects);
    for (const { key, refusing } of cases)
      expect([...(said.get(key) ?? [])].sort(), key).to.deep.equal([...refusing].sort());
  });

  it("are policies for each rule that is nothing but conditions, by the level that it has", () => {
    const names = (policies: readonly object[]) =>
      policies.map((policy) => (policy as { metadata: { name: string } }).metadata.name);
    expect(names(admissionPolicies({ place }))).to.deep.equal(enforced);
    // Which registries there are is known of a site alone.
    const anywhere = enforced.filter((name) => name !== "image-through-bastion");
    expect(names(admissionPolicies())).to.deep.equal(anywhere);
    const choice = (level: "advisory" | "disabled") => ({ level, environments: {}, settings: {} });
    const policy = {
      environmentLabel: "environment",
      rules: { "no-host-path": choice("disabled"), "no-privileged": choice("advisory") },
      exemptions: [],
      source: { file: "policy.yaml", line: 1 },
    };
    const actions = new Map(
      admissionPolicies({ policy, deny: true }).map((one) => {
        const { metadata, spec } = one as { metadata: { name: string }; spec: { validationActions: string[] } };
        return [metadata.name, spec.validationActions[0]];
      }),
    );
    expect([...actions.keys()]).to.not.include("no-host-path");
    expect(actions.get("no-privileged")).to.equal("Audit");
    expect(actions.get("no-host-namespaces")).to.equal("Deny");
    expect(actions.get("image-by-digest"), "nothing is locked yet").to.equal("Audit");
  });
});

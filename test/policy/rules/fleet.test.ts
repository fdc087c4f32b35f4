import { expect } from "chai";
import type { ResourceRule } from "../../../policy/rule";
import { ruleNamed } from "../../../policy/rules";
import { aFleet, aRollout, aSite, aWave } from "../../support/fleet";
import { contextOf, describeRule, helm, object, plain } from "../support";

const claim = (spec: object, name = "data") =>
  object("core/PersistentVolumeClaim", {
    metadata: { name, namespace: "room" },
    spec: { storageClassName: "local-path", ...spec },
  });
const velero = (values: object) =>
  helm("velero", {
    schedules: { daily: { schedule: "17 2 * * *" } },
    configuration: { backupStorageLocation: [{}] },
    ...values,
  });
const rollout = (overrides: object) => aFleet({ sites: [aSite(), aSite({}, 1)], rollouts: [aRollout(overrides)] });
const selector = { ...aRollout().selector, names: ["porto"] };

describeRule("networks-apart", {
  passes: [["sites with ranges of their own", [], { fleet: aFleet({ sites: [aSite(), aSite({}, 1)] }) }]],
  refuses: [
    [
      "a node outside its range",
      [],
      ["Site porto", "nodes[0].address", '"10.9.9.9"', /not a usable address/],
      { fleet: aFleet({ sites: [aSite({ nodes: [{ ...aSite().nodes[0]!, address: "10.9.9.9" }] })] }) },
    ],
    [
      "the range of another site",
      [],
      ["Site porto", "network.nodeCidr", '"10.100.0.0/24"', /overlaps 10\.100\.0\.0\/16 of site site-1/],
      { fleet: aFleet({ sites: [aSite(), aSite({ network: { nodeCidr: "10.100.0.0/16" } }, 1)] }) },
    ],
    [
      "one name for two sites",
      [],
      ["Site porto", "name", "porto", /another site/],
      { fleet: aFleet({ sites: [aSite(), aSite({ name: "porto" }, 1)] }) },
    ],
  ],
});

describeRule("one-release-per-wave", {
  passes: [
    ["a rollout of the sites' release", [], { fleet: rollout({}) }],
    [
      "another release for sites that are not selected",
      [],
      { fleet: rollout({ release: "2026.10.0", selector: { ...selector, names: ["none"] } }) },
    ],
  ],
  refuses: [
    [
      "a wave of an older release",
      [],
      ["Rollout autumn", "waves.all", "site porto is to have 2026.11.0", /wave is of release 2026\.10\.0/],
      { fleet: rollout({ release: "2026.10.0", selector, waves: [aWave({ name: "all" })] }) },
    ],
  ],
});

describeRule("site-labels", {
  passes: [["labels that are there", [], { settings: { required: ["region", "country"] } }]],
  refuses: [
    [
      "one that is missing",
      [],
      ["Site porto", "labels.owner", "missing", /requires/],
      { settings: { required: ["owner"] } },
    ],
  ],
});

describeRule("object-labels", {
  passes: [
    [
      "a label that says whose it is",
      [object("core/ConfigMap", { metadata: { name: "x", labels: { "app.kubernetes.io/part-of": "flux" } } })],
    ],
    ["what Flux labels itself", [object("core/ConfigMap", {}, "git")]],
  ],
  refuses: [
    [
      "an object without",
      [object("core/ConfigMap", {})],
      ["ConfigMap room/thing", "metadata.labels", "missing", /managed-by/],
    ],
  ],
});

describe("object-labels, as a remediation", () => {
  const rule = ruleNamed("object-labels") as ResourceRule;
  const bare = object("core/ConfigMap", { metadata: { name: "x", labels: { own: "kept" } }, data: { a: "b" } });

  it("adds the label and keeps the rest", () => {
    const after = rule.remediate?.(bare, contextOf(rule)) as { metadata: { labels: object }; data: object };
    expect(after.metadata.labels).to.deep.equal({ own: "kept", "app.kubernetes.io/managed-by": "edgewave" });
    expect(after.data).to.deep.equal({ a: "b" });
    expect(rule.check({ ...bare, props: after }, contextOf(rule))).to.deep.equal([]);
  });

  it("finds nothing to do in what it has corrected", () => {
    const after = rule.remediate?.(bare, contextOf(rule));
    expect(rule.remediate?.({ ...bare, props: after }, contextOf(rule))).to.equal(undefined);
  });
});

describeRule("site-has-backup", {
  passes: [
    ["a schedule and a place", [velero({})]],
    ["a stack whose Git content is not known", []],
  ],
  refuses: [
    ["a site without Velero", [helm("loki", {})], ["Site porto", "backup", "missing", /Velero with a schedule/]],
    [
      "a schedule that is disabled",
      [velero({ schedules: { daily: { disabled: true } } })],
      ["HelmValues velero", "values.schedules", "missing", /not disabled/],
    ],
    [
      "no place",
      [velero({ configuration: {} })],
      ["HelmValues velero", "values.configuration.backupStorageLocation", "missing", /a place/],
    ],
  ],
});

const before = claim({ resources: { requests: { storage: "5Gi" } } });
const keyBefore = plain("tls:index/privateKey:PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P256" });

describeRule("stateful-kept", {
  passes: [
    ["what stays as it is", [before, keyBefore], { deployed: [before, keyBefore] }],
    ["a volume that grows", [claim({ resources: { requests: { storage: "6Gi" } } })], { deployed: [before] }],
    ["a site that is new", [before], { deployed: [] }],
    [
      "a key with what its provider filled in",
      [plain("tls:index/privateKey:PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P256", rsaBits: 2048 })],
      { deployed: [{ ...keyBefore, outputs: { algorithm: "ECDSA", ecdsaCurve: "P256", rsaBits: 2048 } }] },
    ],
    ["a site whose state is not known", [before]],
  ],
  refuses: [
    [
      "a claim that is gone",
      [],
      ["PersistentVolumeClaim room/data", "resource", "gone, which deletes it", /exemption/],
      { deployed: [before] },
    ],
    [
      "a claim with another name",
      [claim({ resources: { requests: { storage: "5Gi" } } }, "other")],
      [
        "PersistentVolumeClaim room/other",
        "metadata.name",
        '"other" instead of "data", which replaces it',
        /exemption/,
      ],
      { deployed: [before] },
    ],
    [
      "a key of another curve",
      [plain("tls:index/privateKey:PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P384" })],
      ["PrivateKey thing", "ecdsaCurve", '"P384" instead of "P256", which replaces it', /exemption/],
      { deployed: [keyBefore] },
    ],
    [
      "a volume that shrinks",
      [claim({ resources: { requests: { storage: "4Gi" } } })],
      ["PersistentVolumeClaim room/data", "spec.resources.requests.storage", '"4Gi" instead of "5Gi"', /smaller/],
      { deployed: [before] },
    ],
  ],
});

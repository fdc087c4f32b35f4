import { expect } from "chai";
import { ruleNamed } from "../../../policy/rules";
import { aLock, aRelease, aSite } from "../../support/fleet";
import { check, deployment, describeRule, digest, helm, object } from "../support";

const image = "spec.template.spec.containers[0].image";
const named = (reference: unknown) => deployment({ container: { image: reference } });
const thing = "Deployment room/thing";
const gitea = "docker.gitea.com/gitea";
const other = `sha256:${"b".repeat(64)}`;
const index = `sha256:${"c".repeat(64)}`;
const lockedImage = { tag: "1.26.1-rootless", index, amd64: digest, arm64: other };
const locked = aRelease({ lock: { release: "2026.11.0", digests: { [gitea]: lockedImage }, charts: {} } });

describeRule("image-by-digest", {
  passes: [["an image by digest", [deployment()]]],
  refuses: [
    ["a tag", [named("ghcr.io/a/b:1.0")], [thing, image, '"ghcr.io/a/b:1.0"', /by digest/]],
    ["a container without an image", [named(undefined)], [thing, image, "missing", /by digest/]],
    ["half a digest", [named("ghcr.io/a/b@sha256:abc")], [thing, image, '"ghcr.io/a/b@sha256:abc"', /by digest/]],
  ],
});

describe("image-by-digest", () => {
  it("is advice while the release is not locked", () => {
    const rule = ruleNamed("image-by-digest")!;
    const [found] = check(rule, [named("ghcr.io/a/b:1.0")], { release: aRelease() });
    expect(found?.advisory).to.equal("release 2026.11.0 is not locked yet");
  });
});

const lokiImage = "docker.io/grafana/loki";
const pins = (...images: readonly object[]) =>
  object(
    "helm.toolkit.fluxcd.io/v2/HelmRelease",
    { spec: { chartRef: { name: "loki" }, postRenderers: [{ kustomize: { images } }] } },
    "git",
  );
const lokiLocked = aRelease({
  lock: { release: "2026.11.0", digests: { [lokiImage]: { ...lockedImage, tag: "3.7.6" } }, charts: {} },
});
const whole = [
  { name: lokiImage, digest: index },
  { name: "grafana/loki", newName: lokiImage, digest: index },
];
const stack = aRelease({ lock: aLock() });
const shaOf = (repository: string) => aLock().digests[repository]!.index.replace("sha256:", "");
const operatorValues = {
  prometheus: { prometheusSpec: { image: { sha: shaOf("quay.io/prometheus/prometheus") } } },
  alertmanager: { alertmanagerSpec: { image: { sha: shaOf("quay.io/prometheus/alertmanager") } } },
  prometheusOperator: {
    prometheusConfigReloader: { image: { sha: shaOf("quay.io/prometheus-operator/prometheus-config-reloader") } },
    thanosImage: { sha: shaOf("quay.io/thanos/thanos") },
  },
};

describeRule("chart-image-by-digest", {
  passes: [
    ["each image of the chart by the lock's digest", [pins(...whole)], { release: lokiLocked }],
    ["the last of a name, which wins", [pins({ name: lokiImage, digest: other }, ...whole)], { release: lokiLocked }],
    ["a chart that is no component of the release", [object("helm.toolkit.fluxcd.io/v2/HelmRelease", {}, "git")]],
    ["what the chart hands to its operator", [helm("kube-prometheus-stack", operatorValues)], { release: stack }],
    [
      "an image that is handed to nobody, because its part is off",
      [helm("kube-prometheus-stack", { ...operatorValues, alertmanager: { enabled: false } })],
      { release: stack },
    ],
  ],
  refuses: [
    [
      "another digest",
      [pins(...whole, { name: lokiImage, digest: other })],
      [
        "HelmRelease room/thing",
        `spec.postRenderers."${lokiImage}"`,
        `"${other}"`,
        /digests that the release's lock has/,
      ],
      { release: lokiLocked },
    ],
    [
      "the short name by its tag",
      [pins({ name: lokiImage, digest: index })],
      ["HelmRelease room/thing", 'spec.postRenderers."grafana/loki"', "missing", /digests that the release's lock has/],
      { release: lokiLocked },
    ],
    [
      "an operator's image by its tag",
      [helm("kube-prometheus-stack", { ...operatorValues, alertmanager: {} })],
      [
        "HelmValues kube-prometheus-stack",
        "values.alertmanager.alertmanagerSpec.image.sha",
        "missing",
        /digests that the release's lock has/,
      ],
      { release: stack },
    ],
  ],
});

describe("chart-image-by-digest", () => {
  it("is one piece of advice for a Helm release while its release is not locked", () => {
    const found = check(ruleNamed("chart-image-by-digest")!, [pins()], { release: aRelease() });
    expect(found.map(({ advisory }) => advisory)).to.deep.equal(["release 2026.11.0 is not locked yet"]);
  });
});

describeRule("image-not-latest", {
  passes: [
    ["a version", [named("docker.io/library/rabbitmq:4.3.5")]],
    ["a digest", [deployment()]],
    ["a registry with a port", [named("bastion.porto.harbours.example:5000/a/b:1.0")]],
  ],
  refuses: [
    ["latest", [named("ghcr.io/a/b:latest")], [thing, image, '"ghcr.io/a/b:latest"', /not latest/]],
    ["no tag", [named("ghcr.io/a/b")], [thing, image, '"ghcr.io/a/b"', /a tag or a digest/]],
    ["a port that is no tag", [named("localhost:5000/b")], [thing, image, '"localhost:5000/b"', /a tag or a digest/]],
  ],
});

describeRule("image-through-bastion", {
  passes: [
    ["a mirrored registry", [named("quay.io/strimzi/kafka:1")]],
    ["the bastion's own", [named("bastion.porto.harbours.example:5000/a:1")]],
    ["a Docker name, which is docker.io", [named("rabbitmq:4.3.5")]],
  ],
  refuses: [
    [
      "a registry without a mirror",
      [named("registry.example/a:1")],
      [thing, image, '"registry.example/a:1"', /bastion\.porto\.harbours\.example:5000/],
    ],
    [
      "one in Helm values",
      [helm("loki", { loki: { image: { registry: "evil.example", repository: "a/b", tag: "1" } } })],
      ["HelmValues loki", "values.loki.image", '"evil.example/a/b:1"', /mirrored/],
    ],
  ],
});

describeRule("image-architecture", {
  passes: [
    ["the digest of the site's architecture", [named(`${gitea}@${digest}`)], { release: locked }],
    ["the index, which leads to it", [named(`${gitea}:1.26.1-rootless@${index}`)], { release: locked }],
    ["an image that is no component", [named("ghcr.io/a/b:1")]],
  ],
  refuses: [
    [
      "the digest of another architecture",
      [named(`${gitea}@${digest}`)],
      [thing, image, `"${`${gitea}@${digest}`}"`, /for arm64, and this one for amd64/],
      { release: locked, site: aSite({ architecture: "arm64" }) },
    ],
  ],
});

describeRule("no-harbor", {
  passes: [["any other image", [deployment()]]],
  refuses: [
    [
      "an image of Harbor",
      [named("docker.io/goharbor/harbor-core:v2")],
      [thing, image, '"docker.io/goharbor/harbor-core:v2"', /without Harbor/],
    ],
    [
      "its chart",
      [object("source.toolkit.fluxcd.io/v1/OCIRepository", { spec: { url: "oci://bastion/charts/harbor" } }, "git")],
      ["OCIRepository room/thing", "spec.url", '"oci://bastion/charts/harbor"', /without Harbor/],
    ],
  ],
});

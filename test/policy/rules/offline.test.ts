import { expect } from "chai";
import { ruleNamed } from "../../../policy/rules";
import { aLock, aRelease, aSite } from "../../support/fleet";
import { check, describeRule, file, helm, object } from "../support";

const map = (data: object) => object("core/ConfigMap", { data });
const source = (kind: string, spec: object, name = "deploy") =>
  object(`source.toolkit.fluxcd.io/v1/${kind}`, { metadata: { name, namespace: "flux-system" }, spec });
const vars = (values: object) => file("inventory/group_vars/all/all.yml", JSON.stringify(values));
const alerts = (receiver: object, route = "local") =>
  helm("kube-prometheus-stack", {
    alertmanager: { config: { route: { receiver: route }, receivers: [{ name: "local", ...receiver }] } },
  });
const topic = (milliseconds: unknown) =>
  object("kafka.strimzi.io/v1/KafkaTopic", { spec: { config: { "retention.ms": milliseconds } } });

describeRule("no-outside-url", {
  passes: [
    ["services of the cluster", [map({ a: "https://gitea.gitea.svc.cluster.local/x" })]],
    [
      "the site's own domain and addresses",
      [map({ a: "http://bastion.porto.harbours.example http://10.100.0.2:80/" })],
    ],
    ["the hub's named hosts", [map({ a: "https://git.hub.harbours.example/deploy" })]],
    ["what Flux fills in", [source("OCIRepository", { url: "oci://${bastion_registry}/charts/x" })]],
    [
      "addresses in descriptions of kinds",
      [object("apiextensions.k8s.io/v1/CustomResourceDefinition", { spec: { description: "https://example.com" } })],
    ],
    [
      "a host that the fleet allows",
      [map({ a: "https://time.example.net" })],
      { settings: { allowed: ["time.example.net"] } },
    ],
  ],
  refuses: [
    [
      "the internet",
      [map({ a: "see https://grafana.com/api now" })],
      ["ConfigMap room/thing", "data.a", '"https://grafana.com"', /on the site/],
    ],
    [
      "an address of another network",
      [map({ a: "http://192.0.2.1/" })],
      ["ConfigMap room/thing", "data.a", '"http://192.0.2.1"', /git\.hub\.harbours\.example/],
    ],
    [
      "another site",
      [map({ a: "https://gitea.vigo.harbours.example" })],
      ["ConfigMap room/thing", "data.a", '"https://gitea.vigo.harbours.example"', /on the site/],
    ],
    [
      "a Kafka that is not the hub's",
      [
        object("kafka.strimzi.io/v1/KafkaMirrorMaker2", {
          spec: { target: { bootstrapServers: "kafka.example:9093" } },
        }),
      ],
      ["KafkaMirrorMaker2 room/thing", "spec.target.bootstrapServers", '"kafka.example:9093"', /kafka\.hub/],
    ],
    [
      "Helm values",
      [helm("a", { url: "https://charts.example.com" })],
      ["HelmValues a", "values.url", '"https://charts.example.com"', /on the site/],
    ],
  ],
});

describeRule("flux-source-local", {
  passes: [
    ["the site's Gitea", [source("GitRepository", { url: "https://gitea.gitea.svc.cluster.local/deploy/porto.git" })]],
    ["the bastion", [source("OCIRepository", { url: "oci://bastion.porto.harbours.example:5000/charts/loki" })]],
  ],
  refuses: [
    [
      "the hub, which the link may cut off",
      [source("GitRepository", { url: "https://git.hub.harbours.example/x" })],
      ["GitRepository flux-system/deploy", "spec.url", '"https://git.hub.harbours.example/x"', /Gitea or its bastion/],
    ],
    [
      "a bucket elsewhere",
      [source("Bucket", { endpoint: "s3.example.com" })],
      ["Bucket flux-system/deploy", "spec.endpoint", '"s3.example.com"', /Gitea/],
    ],
  ],
});

describeRule("flux-source-verified", {
  passes: [
    ["a verified head", [source("GitRepository", { verify: { mode: "HEAD" } })]],
    ["what the site writes itself", [source("GitRepository", {}, "site")]],
    ["a chart by digest", [source("OCIRepository", { ref: { digest: "sha256:x" } })]],
  ],
  refuses: [
    [
      "Git without a signature",
      [source("GitRepository", {})],
      ["GitRepository flux-system/deploy", "spec.verify", "missing", /signature/],
    ],
    [
      "a chart by tag",
      [source("OCIRepository", { ref: { tag: "1" } })],
      ["OCIRepository flux-system/deploy", "spec.verify", "missing", /digest/],
    ],
  ],
});

describe("flux-source-verified", () => {
  const rule = ruleNamed("flux-source-verified")!;
  const older = { ...aLock(), charts: undefined };
  for (const [title, release, why] of [
    ["is advice for charts while the release is not locked", aRelease(), "release 2026.11.0 is not locked yet"],
    ["stops once the release is locked", aRelease({ lock: aLock() }), undefined],
    ["stops for a lock from before charts were locked", { ...aRelease(), lock: older }, undefined],
  ] as const) {
    it(`${title}, and always for Git`, () => {
      const found = check(rule, [source("OCIRepository", {}), source("GitRepository", {})], { release });
      expect(found.map(({ advisory }) => advisory)).to.deep.equal([why, undefined]);
    });
  }

  const release = aRelease({ lock: aLock() });
  const digest = aLock().charts?.["loki"]?.digest;
  const chart = (name: string, ref: object) =>
    source("OCIRepository", { url: `oci://bastion.porto:5000/charts/${name}`, ref: { tag: "18.11.0", ...ref } });

  it("takes a chart by the digest that the lock has", () => {
    expect(check(rule, [chart("loki", { digest })], { release })).to.deep.equal([]);
  });

  it("refuses a chart by a digest that nobody has locked", () => {
    const other = `sha256:${"f".repeat(64)}`;
    const [found, ...others] = check(rule, [chart("loki", { digest: other })], { release });
    expect(others).to.deep.equal([]);
    expect(found).to.include({ field: "spec.ref.digest", value: JSON.stringify(other), advisory: undefined });
    expect(found?.limit).to.equal(`the lock of release 2026.11.0 has ${digest} for chart loki 18.11.0`);
  });

  it("takes a chart of one's own by any digest, because no lock is about it", () => {
    expect(check(rule, [chart("own", { digest: "sha256:x" })], { release })).to.deep.equal([]);
  });
});

for (const [rule, key] of [
  ["local-dns", "upstream_dns_servers"],
  ["local-ntp", "ntp_servers"],
] as const) {
  describeRule(rule, {
    passes: [
      ["a server of the site among others", [vars({ [key]: ["192.0.2.1", "10.100.0.2"] })]],
      ["files without the variable", [vars({}), file("group_vars/x.yml", "a: b: c"), file("hosts.yaml", `${key}: []`)]],
    ],
    refuses: [
      [
        "servers across the link alone",
        [vars({ [key]: ["192.0.2.1"] })],
        ["Command inventory/group_vars/all/all.yml", key, '["192.0.2.1"]', /at least one/],
      ],
      ["none", [vars({ [key]: [] })], ["Command inventory/group_vars/all/all.yml", key, "[]", /at least one/]],
    ],
  });
}

const route = "values.alertmanager.config.route.receiver";

describeRule("local-alert-receiver", {
  passes: [
    ["a webhook of the site", [alerts({ webhook_configs: [{ url: "https://alerts.porto.harbours.example/" }] })]],
    ["a mail relay of the site", [alerts({ email_configs: [{ smarthost: "10.100.0.2:25" }] })]],
    ["a site without Alertmanager", [helm("a", { alertmanager: { enabled: false, config: { route: {} } } })]],
  ],
  refuses: [
    [
      "a receiver across the link",
      [alerts({ webhook_configs: [{ url: "https://pager.example.com/" }] })],
      ["HelmValues kube-prometheus-stack", route, '"local"', /address on the site/],
    ],
    [
      "a route to nobody",
      [alerts({ webhook_configs: [{ url: "https://alerts.porto.harbours.example/" }] }, "null")],
      ["HelmValues kube-prometheus-stack", route, '"null"', /address on the site/],
    ],
  ],
});

describeRule("retention-bears-outage", {
  passes: [
    ["metrics for longer than the outage", [helm("a", { prometheus: { prometheusSpec: { retention: "96h" } } })]],
    ["logs for exactly as long", [helm("loki", { loki: { limits_config: { retention_period: "3d" } } })]],
  ],
  refuses: [
    [
      "metrics for an hour less",
      [helm("a", { prometheus: { prometheusSpec: { retention: "71h" } } })],
      ["HelmValues a", "values.prometheus.prometheusSpec.retention", '"71h"', /72 h/],
    ],
    [
      "logs for a time that is none",
      [helm("loki", { loki: { limits_config: { retention_period: "long" } } })],
      ["HelmValues loki", "values.loki.limits_config.retention_period", '"long"', /72 h/],
    ],
  ],
});

describeRule("buffer-bears-outage", {
  passes: [
    ["a rate that the buffer bears", []],
    ["a topic that keeps for the outage, or for ever", [topic(72 * 3_600_000), topic("-1")]],
  ],
  refuses: [
    [
      "a rate that fills the buffer earlier",
      [],
      ["Site porto", "ingestion.messagesPerSecond", "5000 messages/s of 512 bytes", /the longest outage is 72 h/],
      { site: aSite({ ingestion: { messagesPerSecond: 5000 } }) },
    ],
    [
      "a topic that forgets earlier",
      [topic(71 * 3_600_000)],
      ["KafkaTopic room/thing", 'spec.config."retention.ms"', "71 h", /72 h/],
    ],
  ],
});

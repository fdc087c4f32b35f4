import { expect } from "chai";
import { parse } from "yaml";
import type { ProfileName } from "../../../fleet/model";
import { profileOf } from "../../../profiles";
import { renderRelease } from "../../../gitops/render/release";
import { servicesOf } from "../../../gitops/render/services";
import { cutForSite } from "../../../gitops/cut";
import { type Overrides, aRelease, aSite } from "../../support/fleet";
import type { ResolvedSite } from "../../../fleet/model";

type Plain = Record<string, unknown>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** As Helm puts values together: maps merge, everything else is replaced. */
function merged(below: Plain, above: Plain): Plain {
  const result = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = result[key];
    result[key] = isPlain(old) && isPlain(value) ? merged(old, value) : value;
  }
  return result;
}

/** The values that helm-controller would install a service with. */
function valuesOf(service: string, overrides: Overrides<ResolvedSite> = {}): Plain {
  const site = aSite(overrides);
  const cut = cutForSite(renderRelease(aRelease(), [site]), site.name);
  const layers = [
    [...cut].find(([path]) => path.startsWith(`applications/base/services/${service}/helm-values/`))?.[1],
    cut.get(`applications/base/profiles/${site.profile}/${service}/values.yaml`),
    cut.get(`applications/overlays/${site.name}/values/${service}/values.yaml`),
  ];
  return layers.reduce<Plain>((below, text) => merged(below, (text ? parse(text) : {}) as Plain), {});
}

const at = (values: Plain, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => (isPlain(value) ? value[key] : undefined), values);

describe("the services of a site", () => {
  const all = [
    "cert-manager",
    "kube-prometheus-stack",
    "kyverno",
    "kyverno-policies",
    "log-collector",
    "loki",
    "velero",
    "versitygw",
  ];
  const withKafka = [...all, "strimzi-kafka-operator"].sort();
  const cases: [ProfileName, "rabbitmq" | "strimzi", string[]][] = [
    ["micro", "rabbitmq", all],
    ["micro", "strimzi", withKafka],
    ["mini", "strimzi", withKafka],
    ["standard", "rabbitmq", all],
    ["ha-edge", "strimzi", withKafka],
  ];
  for (const [profile, buffer, expected] of cases) {
    it(`are what ${profile} turns on with ${buffer} as its buffer`, () => {
      const services = servicesOf(aSite({ profile, ingestion: { buffer } }), profileOf(profile));
      expect(services.map(({ name }) => name)).to.deep.equal(expected);
    });
  }
});

describe("Helm values", () => {
  it("run Loki as one process without the caches", () => {
    const values = valuesOf("loki");
    expect(at(values, "deploymentMode")).to.equal("Monolithic");
    expect(at(values, "singleBinary.replicas")).to.equal(1);
    for (const off of ["chunksCache", "resultsCache", "lokiCanary", "gateway", "test"]) {
      expect(at(values, `${off}.enabled`), off).to.equal(false);
    }
    for (const target of ["read", "write", "backend"]) expect(at(values, `${target}.replicas`), target).to.equal(0);
  });

  it("do not scrape what Kubespray binds to the loopback address", () => {
    const values = valuesOf("kube-prometheus-stack");
    for (const part of ["kubeEtcd", "kubeControllerManager", "kubeScheduler", "kubeProxy", "grafana"]) {
      expect(at(values, `${part}.enabled`), part).to.equal(false);
    }
  });

  it("send alerts to a receiver on the site that the route names", () => {
    const values = valuesOf("kube-prometheus-stack");
    const receivers = at(values, "alertmanager.config.receivers") as {
      name: string;
      webhook_configs?: { url: string }[];
    }[];
    expect(receivers.map(({ name }) => name)).to.include(at(values, "alertmanager.config.route.receiver"));
    const urls = receivers.flatMap(({ webhook_configs = [] }) =>
      webhook_configs.map(({ url }) => new URL(url).hostname),
    );
    expect(urls).to.deep.equal(["alerts.porto.harbours.example"]);
  });

  for (const profile of ["micro", "mini", "standard", "ha-edge"] as const) {
    it(`give Prometheus and Loki on ${profile} what the profile says`, () => {
      const { workloads, retentionHours } = profileOf(profile);
      const prometheus = valuesOf("kube-prometheus-stack", { profile });
      const spec = "prometheus.prometheusSpec";
      expect(at(prometheus, `${spec}.resources.requests.memory`)).to.equal(
        `${workloads.prometheus?.requests.memoryMiB}Mi`,
      );
      expect(at(prometheus, `${spec}.retention`)).to.equal(`${retentionHours}h`);
      expect(at(prometheus, `${spec}.storageSpec.volumeClaimTemplate.spec.resources.requests.storage`)).to.equal(
        `${workloads.prometheus?.storageGiB}Gi`,
      );
      const loki = valuesOf("loki", { profile });
      expect(at(loki, "singleBinary.resources.limits.memory")).to.equal(`${workloads.loki?.limits.memoryMiB}Mi`);
      expect(at(loki, "singleBinary.persistence.size")).to.equal(`${workloads.loki?.storageGiB}Gi`);
    });

    it(`share out no more than ${profile} gives Kyverno, cert-manager and Velero`, () => {
      const memory = (values: Plain, path: string) =>
        Number.parseInt(String(at(values, `${path}.requests.memory`)), 10);
      const sums: Record<string, [string, string[]]> = {
        kyverno: [
          "kyverno",
          ["admissionController.container", "backgroundController", "cleanupController", "reportsController"],
        ],
        "cert-manager": ["cert-manager", ["", "webhook", "cainjector"]],
        velero: ["velero", ["", "nodeAgent"]],
      };
      for (const [service, [workload, pods]] of Object.entries(sums)) {
        const values = valuesOf(service, { profile });
        const sum = pods
          .map((pod) => memory(values, [pod, "resources"].filter(Boolean).join(".")))
          .reduce((a, b) => a + b);
        const given = profileOf(profile).workloads[workload as "kyverno"]?.requests.memoryMiB ?? 0;
        expect(sum, service).to.be.within(given - pods.length, given);
      }
    });
  }

  it("keep metrics and logs for the longest outage if that is longer than the profile's retention", () => {
    const long = { link: { maxOutageHours: 500 } };
    expect(at(valuesOf("kube-prometheus-stack", long), "prometheus.prometheusSpec.retention")).to.equal("500h");
    expect(at(valuesOf("loki", long), "loki.limits_config.retention_period")).to.equal("500h");
    expect(at(valuesOf("loki"), "loki.limits_config.retention_period")).to.equal("96h");
  });

  it("ask for volumes that Velero's file system backup takes", () => {
    const local = { volumeType: "local" };
    const spec = "prometheus.prometheusSpec.storageSpec.volumeClaimTemplate.metadata.annotations";
    expect(at(valuesOf("kube-prometheus-stack"), spec)).to.deep.equal(local);
    expect(at(valuesOf("loki"), "singleBinary.persistence.annotations")).to.deep.equal(local);
  });

  it("label what leaves the site with its name", () => {
    expect(at(valuesOf("kube-prometheus-stack"), "prometheus.prometheusSpec.externalLabels")).to.deep.equal({
      site: "porto",
      region: "atlantic",
    });
  });

  it("call nobody outside and run no image that the release does not carry", () => {
    expect(at(valuesOf("loki"), "loki.analytics.reporting_enabled")).to.equal(false);
    expect(at(valuesOf("loki"), "sidecar.rules.enabled")).to.equal(false);
    expect(at(valuesOf("kyverno"), "webhooksCleanup.enabled")).to.equal(false);
    expect(at(valuesOf("kyverno"), "crds.migration.enabled")).to.equal(false);
    expect(at(valuesOf("velero"), "upgradeCRDs")).to.equal(false);
    expect(at(valuesOf("versitygw"), "image.tag")).to.equal("v1.7.0");
  });
});

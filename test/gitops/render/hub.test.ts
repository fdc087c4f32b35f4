import { expect } from "chai";
import { parse } from "yaml";
import type { Hub } from "../../../fleet/model";
import { cutForSite } from "../../../gitops/cut";
import { siteObjects } from "../../../gitops/overrides/siteObjects";
import { renderRelease } from "../../../gitops/render/release";
import { aFleet, aRelease, aSite } from "../../support/fleet";
import { anOverride } from "../overrides/sample";

const hub: Hub = {
  ...aFleet().hub,
  lokiUrl: "https://loki.hub.harbours.example",
  objectStore: {
    url: "https://s3.hub.harbours.example",
    region: "eu-west-1",
    metricsBucket: "metrics",
    backupsBucket: "backups",
  },
};
const cutOf = (additions: Parameters<typeof renderRelease>[2], site = aSite()) =>
  cutForSite(renderRelease(aRelease(), [site], additions), site.name);
const values = (cut: ReturnType<typeof cutOf>, service: string): unknown =>
  parse(cut.get(`applications/overlays/porto/values/${service}/values.yaml`) ?? "{}");

interface Sink {
  readonly endpoint: string;
  readonly inputs: readonly string[];
  readonly request: { readonly concurrency: number };
  readonly buffer: { readonly type: string; readonly max_size: number; readonly when_full: string };
}
const sinksOf = (cut: ReturnType<typeof cutOf>): Record<string, Sink> => {
  const map = siteObjects(cut, "porto").find(
    ({ object }) => object.kind === "ConfigMap" && object.metadata.name === "log-collector",
  );
  const text = (map?.object["data"] as Record<string, string>)["vector.yaml"] ?? "";
  return (parse(text) as { sinks: Record<string, Sink> }).sinks;
};

describe("a site whose hub takes nothing", () => {
  const cut = cutOf({ hub: aFleet().hub });

  it("keeps metrics, logs, alerts and backups to itself", () => {
    expect(Object.keys(sinksOf(cut))).to.deep.equal(["site", "site_alerts"]);
    expect(values(cut, "velero")).to.deep.equal({});
    expect(JSON.stringify(values(cut, "kube-prometheus-stack"))).not.to.match(/thanos|"hub"/);
    const text = [...cut.values()].join("\n");
    expect(text).not.to.include("hub-loki").and.not.include("thanos-objstore");
  });
});

describe("a site whose hub takes what it has", () => {
  const cut = cutOf({ hub });

  it("uploads blocks of metrics that wait on its disk", () => {
    expect(values(cut, "kube-prometheus-stack"))
      .to.have.nested.property("prometheus.prometheusSpec.thanos.objectStorageConfig.existingSecret")
      .that.deep.equals({ name: "thanos-objstore", key: "objstore.yml" });
  });

  it("sends logs in order, one request at a time, from a buffer on disk that an outage fits", () => {
    const sinks = sinksOf(cut);
    for (const [name, { buffer, request }] of Object.entries(sinks)) {
      expect(request.concurrency, name).to.equal(1);
      expect(buffer.type, name).to.equal("disk");
      expect(buffer.max_size, name).to.be.at.least(268_435_488);
    }
    expect(sinks["hub"]?.endpoint).to.equal(hub.lokiUrl);
    expect(sinks["hub"]?.buffer.max_size).to.equal(Math.floor(8 * 1024 ** 3 * 0.8));
  });

  it("never lets what waits for the hub hold up the site's own logs", () => {
    for (const [name, { buffer, endpoint }] of Object.entries(sinksOf(cut))) {
      expect(buffer.when_full, name).to.equal(endpoint === hub.lokiUrl ? "drop_newest" : "block");
    }
  });

  it("queues alerts for the hub on disk, beside telling somebody on the site", () => {
    expect(sinksOf(cut)["hub_alerts"]?.inputs).to.deep.equal(["alerts"]);
    const { config } = (values(cut, "kube-prometheus-stack") as { alertmanager: { config: Record<string, unknown> } })
      .alertmanager as unknown as { config: { receivers: { name: string }[]; route: { routes: object[] } } };
    expect(config.receivers.map(({ name }) => name)).to.deep.equal(["null", "local", "hub"]);
    expect(config.route.routes.at(-1)).to.deep.equal({ receiver: "hub", continue: true });
  });

  it("backs up to both places, in a part of the hub's bucket of its own", () => {
    const { configuration, schedules } = values(cut, "velero") as {
      configuration: { backupStorageLocation: { name: string; prefix?: string; default: boolean }[] };
      schedules: Record<string, unknown>;
    };
    expect(
      configuration.backupStorageLocation.map(({ name, prefix, default: first }) => [name, prefix, first]),
    ).to.deep.equal([
      ["local", undefined, true],
      ["hub", "porto", false],
    ]);
    expect(schedules["hub"]).to.have.nested.property("template.storageLocation", "hub");
  });
});

describe("the site's own S3", () => {
  it("has the bucket that Velero backs up to, which Velero does not make", () => {
    const cut = cutOf({});
    const release = siteObjects(cut, "porto").find(
      ({ object }) => object.kind === "HelmRelease" && object.metadata.name === "versitygw",
    );
    expect(JSON.stringify(release?.object["spec"])).to.include("/mnt/data/velero");
    expect(cut.get("applications/base/services/velero/helm-values/values-12.1.0.yaml")).to.include("bucket: velero");
  });
});

describe("alerts by mail", () => {
  it("go to each address through the site's own mail server", () => {
    const email = {
      smarthost: "mail.porto:25",
      from: "edge@porto.example",
      to: ["a@porto.example", "b@porto.example"],
    };
    const cut = cutOf({}, aSite({ alerts: { email } }));
    const text = JSON.stringify(values(cut, "kube-prometheus-stack"));
    expect(text.match(/"smarthost":"mail.porto:25"/g)).to.have.lengthOf(2);
  });
});

describe("a Secret that an override adds to a service's namespace", () => {
  it("is applied with the service, whose pods may need it to start", () => {
    const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "hub-loki", namespace: "log-collector" } };
    const overrides = [
      anOverride({ name: "login", objects: [{ object, source: { file: "overrides/login.yaml", line: 1 } }] }),
    ];
    const cut = cutOf({ hub, overrides });
    expect(cut.get("applications/overlays/porto/values/log-collector/kustomization.yaml")).to.include(
      "- login-hub-loki.yaml",
    );
    expect(cut.get("applications/overlays/porto/services/log-collector.yaml")).to.include("name: sops-age");
    expect([...cut.keys()].filter((file) => file.includes("/added/"))).to.deep.equal([]);
  });
});

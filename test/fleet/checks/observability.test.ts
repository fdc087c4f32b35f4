import { expect } from "chai";
import { checkObservability, hubSecretProblems } from "../../../fleet/checks/observability";
import { anOverride } from "../../gitops/overrides/sample";
import { aFleet, aSite } from "../../support/fleet";
import { problems } from "./context";

const hub = { ...aFleet().hub, lokiUrl: "https://loki.hub.harbours.example" };
const objectStore = { url: "https://s3.hub", region: "us-east-1", metricsBucket: "metrics", backupsBucket: "backups" };

describe("checkObservability", () => {
  const said = (site: Parameters<typeof aSite>[0], fleet: Partial<ReturnType<typeof aFleet>> = {}) =>
    problems(checkObservability, { ...aFleet({ sites: [aSite(site)] }), ...fleet });

  it("finds nothing where all fits", () => expect(said({})).to.deep.equal([]));

  it("says with numbers that metrics do not fit for the time that they must stay", () => {
    expect(said({ platform: { series: 2_000_000 } })).to.deep.equal([
      "EDGE-OBS-001 spec.platform.series: 2000000 series for 96 h need 21.5 GiB, and Prometheus' volume on micro takes 8.0 GiB, which is 35.7 h",
    ]);
  });

  it("says with numbers that logs do not fit, and only where there is a hub for them that the buffer is too small", () => {
    const noisy = { platform: { logBytesPerSecond: 100_000 } };
    expect(said(noisy).map((line) => line.slice(0, 12))).to.deep.equal(["EDGE-OBS-001"]);
    expect(said(noisy, { hub })[1]).to.equal(
      "EDGE-OBS-002 spec.platform.logBytesPerSecond: 100000 bytes/s of logs for an outage of 72 h need 36.2 GiB, and the buffer on micro takes 6.4 GiB, which is 12.7 h",
    );
  });

  it("takes the outage for the retention if that is longer", () => {
    const [line] = said({ platform: { series: 500_000 }, link: { maxOutageHours: 1000 } });
    expect(line).to.include("500000 series for 1000 h");
  });

  it("refuses Grafana on micro", () => {
    expect(said({ platform: { grafana: true } })).to.deep.equal([
      "EDGE-OBS-004 spec.platform.grafana: micro has no room for Grafana",
    ]);
    expect(said({ profile: "mini", platform: { grafana: true } })).to.deep.equal([]);
  });
});

describe("the logins for the hub", () => {
  const secret = (namespace: string, name: string) => ({
    object: { apiVersion: "v1", kind: "Secret", metadata: { namespace, name } },
    source: { file: "overrides/x.yaml", line: 3 },
  });

  it("asks for nothing where the hub takes nothing", () => expect(hubSecretProblems(aFleet())).to.deep.equal([]));

  it("names every Secret that a site lacks, and takes those that its overrides add", () => {
    const fleet = { ...aFleet(), hub: { ...hub, objectStore } };
    expect(hubSecretProblems(fleet).map(({ message }) => /Secret (\S+)/.exec(message)?.[1])).to.deep.equal([
      "monitoring/thanos-objstore",
      "velero/velero-hub",
      "log-collector/hub-loki",
    ]);
    const objects = [
      secret("monitoring", "thanos-objstore"),
      secret("velero", "velero-hub"),
      secret("log-collector", "hub-loki"),
    ];
    expect(hubSecretProblems({ ...fleet, overrides: [anOverride({ name: "x", objects })] })).to.deep.equal([]);
  });
});

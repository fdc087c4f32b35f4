import { expect } from "chai";
import { parse } from "yaml";
import { isPlain } from "../../../gitops/overrides/apply";
import { filesOf, renderRelease } from "../../../gitops/render/release";
import { aFleet, aLock, aRelease, aSite } from "../../support/fleet";
import { chartKeys } from "./chartKeys";

const hub = {
  ...aFleet().hub,
  lokiUrl: "https://loki.hub",
  objectStore: { url: "https://s3.hub", region: "r", metricsBucket: "metrics", backupsBucket: "backups" },
};

/** Every key that any site of any profile may be given, by service. */
function keysInUse(): Map<string, Set<string>> {
  const email = { smarthost: "mail:25", from: "a@b", to: ["c@d"] };
  const sites = (["micro", "mini", "standard", "ha-edge"] as const).map((profile, index) => {
    const platform = { grafana: profile !== "micro" };
    return aSite({ profile, platform, link: { maxOutageHours: 900 }, alerts: { email } }, index);
  });
  const versions = aRelease({ components: { grafana: "12.11.1" } });
  const release = { ...versions, lock: aLock(versions) };
  const used = new Map<string, Set<string>>();
  for (const [file, text] of filesOf(renderRelease(release, sites, { hub }))) {
    const service = /\/([^/]+)\/(?:helm-values\/)?values[^/]*\.yaml$/.exec(file)?.[1];
    if (service === undefined) continue;
    const keys = used.get(service) ?? new Set();
    used.set(service, keys);
    collect(parse(text), "", keys);
  }
  return used;
}

function collect(value: unknown, path: string, keys: Set<string>): void {
  if (!isPlain(value) || Object.keys(value).length === 0) keys.add(path);
  else for (const [key, inner] of Object.entries(value)) collect(inner, path === "" ? key : `${path}.${key}`, keys);
}

describe("the keys of Helm values", () => {
  const used = keysInUse();

  it("are of charts whose keys are known", () => {
    expect([...used.keys()].sort()).to.deep.equal(Object.keys(chartKeys).sort());
  });

  for (const [service, known] of Object.entries(chartKeys)) {
    it(`are all keys that the chart of ${service} has`, () => {
      const strange = [...(used.get(service) ?? [])].filter(
        (key) => !known.some((one) => (one.endsWith(".*") ? key.startsWith(one.slice(0, -1)) : key === one)),
      );
      expect(strange).to.deep.equal([]);
    });
  }
});

import { expect } from "chai";
import path from "node:path";
import { explainSetting, settingLayers, valueAt } from "../../fleet/explainSetting";
import type { ResolvedSite } from "../../fleet/model";
import { parsePath } from "../../fleet/parsePath";
import { profileOf } from "../../profiles";
import { pathText } from "../../fleet/problem";
import { readFleet } from "../../fleet/read";
import { durationSeconds } from "../../fleet/schema/quantity";
import { readFiles } from "../../fleet/source/files";

const folder = path.join(__dirname, "..", "..", "examples", "harbours");

describe("explaining a setting", () => {
  const explain = async (site: string, written: string) => {
    const { files } = await readFiles(folder);
    const said = explainSetting(files, site, parsePath(written)!, profileOf("micro"));
    return said?.map(({ layer, source, value, says }) => (says ? [layer, source?.file, source?.line, value] : [layer]));
  };

  const cases: readonly (readonly [string, string, unknown])[] = [
    [
      "vigo",
      "spec.link.maxOutage",
      [["built-in", undefined, undefined, "72h"], ["fleet"], ["site", "sites/vigo.yaml", 32, "72h"]],
    ],
    [
      "vigo",
      "spec.ssh.user",
      [["built-in", undefined, undefined, "edge"], ["fleet", "fleet.yaml", 18, "edge"], ["site"]],
    ],
    ["vigo", "spec.nodes[0].memory", [["built-in"], ["fleet"], ["site", "sites/vigo.yaml", 21, "8Gi"]]],
    ["vigo", "metadata.labels.uplink", [["built-in"], ["fleet"], ["site", "sites/vigo.yaml", 8, "lte"]]],
    ["vigo", "spec.ingestion.buffer", [["built-in", undefined, undefined, "rabbitmq"], ["fleet"], ["site"]]],
  ];
  for (const [site, written, expected] of cases) {
    it(`says who sets ${written} of ${site}`, async () => expect(await explain(site, written)).to.deep.equal(expected));
  }

  it("knows no site that the fleet does not have", async () =>
    expect(await explain("atlantis", "spec.link")).to.equal(undefined));

  it("agrees with what is resolved, for every site and every setting that layers share", async () => {
    const { fleet } = await readFleet(folder);
    const { files } = await readFiles(folder);
    const resolved: Readonly<Record<string, (site: ResolvedSite) => unknown>> = {
      "spec.target": (site) => site.target,
      "spec.timeZone": (site) => site.timeZone,
      "spec.ssh.user": (site) => site.ssh.user,
      "spec.ssh.port": (site) => site.ssh.port,
      "spec.network.podCidr": (site) => site.network.podCidr,
      "spec.network.ntpServers": (site) => site.network.ntpServers,
      "spec.bastion.registryPort": (site) => site.bastion.registryPort,
      "spec.ingestion.messageBytes": (site) => site.ingestion.messageBytes,
      "spec.ingestion.protocols": (site) => site.ingestion.protocols,
      "spec.link.maxOutage": (site) => `${site.link.maxOutageHours}h`,
    };
    for (const site of fleet?.sites ?? []) {
      for (const [written, of] of Object.entries(resolved)) {
        const said = explainSetting(files, site.name, parsePath(written)!, profileOf("micro"));
        const value = said?.findLast(({ says }) => says)?.value;
        const hours = written.endsWith("maxOutage") ? `${durationSeconds.parse(value) / 3600}h` : value;
        expect(hours, `${site.name} ${written}`).to.deep.equal(of(site));
        expect(said?.map(({ layer }) => layer)).to.deep.equal([...settingLayers]);
      }
    }
  }).timeout(120_000);
});

describe("a path", () => {
  for (const written of ["spec", "spec.nodes[0].address", 'metadata.labels."a.b"', "a[1][2].b-c_d", 'a."x\\"y"']) {
    it(`is read as it is written: ${written}`, () => expect(pathText(parsePath(written)!)).to.equal(written));
  }
  for (const wrong of ["", ".", "a.", "a..b", "a[", "a[x]", "a b", '"a', "a]"]) {
    it(`is not: ${JSON.stringify(wrong)}`, () => expect(parsePath(wrong)).to.equal(undefined));
  }
  it("finds no more than what an object has itself", () => {
    expect(valueAt({ a: [{ b: 1 }] }, ["a", 0, "b"])).to.equal(1);
    expect(valueAt({}, ["constructor", "name"])).to.equal(undefined);
  });
});

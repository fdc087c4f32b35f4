import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { canonicalJson } from "../../rollout/canonicalJson";
import { desiredHash } from "../../rollout/desiredHash";
import { programDigest } from "../../rollout/programDigest";
import { aFleet, aLock, aRelease, aSite } from "../support/fleet";

describe("desiredHash", () => {
  const inputs = {
    site: aSite(),
    release: aRelease(),
    fleet: aFleet(),
    signers: ["key a", "key b"],
    programDigest: "p",
  };
  const base = desiredHash(inputs);

  it("is over the canonical JSON of all that decides, however it is put together", () => {
    const { site, release, fleet, ...others } = inputs;
    const { source: _, offline: __, maintenance: ___, ...ofSite } = site;
    const { source: ____, ...ofRelease } = release;
    const { name, domain, hub } = fleet;
    const text = canonicalJson({ ...others, site: ofSite, release: ofRelease, fleet: { name, domain, hub } });
    expect(base).to.equal(createHash("sha256").update(text).digest("hex"));
  });

  it("is the same for the same site, in whatever order its keys are", () => {
    const site = Object.fromEntries(Object.entries(aSite()).reverse()) as typeof inputs.site;
    expect(desiredHash({ ...inputs, site })).to.equal(base);
  });

  const same: [string, Partial<typeof inputs>][] = [
    ["the site is written in another line", { site: aSite({ source: { line: 99 } }) }],
    ["the release is written in another file", { release: aRelease({ source: { file: "other.yaml" } }) }],
    ["the site has lost its link", { site: { ...aSite(), offline: { reason: "storm", since: "2026-11-01" } } }],
    [
      "the site may be changed at other times",
      { site: aSite({ maintenance: { windows: [{ days: [], from: "22:00", to: "04:00", timeZone: undefined }] } }) },
    ],
    ["the keys are given in another order", { signers: ["key b", "key a"] }],
    ["another site joins the fleet", { fleet: aFleet({ sites: [aSite(), aSite({}, 1)] }) }],
  ];
  for (const [name, change] of same) {
    it(`stays when ${name}`, () => expect(desiredHash({ ...inputs, ...change })).to.equal(base));
  }

  const different: [string, Partial<typeof inputs>][] = [
    ["the site's label", { site: aSite({ labels: { country: "es" } }) }],
    ["a node of the site", { site: aSite({ profile: "mini" }) }],
    ["a version of the release", { release: aRelease({ kubernetes: "1.36.0" }) }],
    ["a digest of the release", { release: { ...aRelease(), lock: aLock() } }],
    ["the hub", { fleet: aFleet({ hub: { registry: "elsewhere:5000" } }) }],
    ["the fleet's domain", { fleet: aFleet({ domain: "other.example" }) }],
    ["a key that releases are trusted by", { signers: ["key a", "key c"] }],
    ["the program", { programDigest: "q" }],
  ];
  for (const [name, change] of different) {
    it(`changes with ${name}`, () => expect(desiredHash({ ...inputs, ...change })).not.to.equal(base));
  }
});

describe("canonicalJson", () => {
  it("orders keys at every depth, keeps the order of lists and leaves undefined out", () => {
    expect(canonicalJson({ b: [2, { d: 1, c: undefined }], a: "x" })).to.equal('{"a":"x","b":[2,{"d":1}]}');
  });

  it("refuses what JSON cannot hold", () => {
    for (const value of [NaN, Infinity, 1n, () => 1]) expect(() => canonicalJson({ value })).to.throw(TypeError);
  });
});

describe("programDigest", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgewave-program-"));
    await mkdir(join(folder, "stacks", "deep"), { recursive: true });
    await writeFile(join(folder, "stacks", "a.ts"), "a");
    await writeFile(join(folder, "stacks", "deep", "b.ts"), "b");
    await writeFile(join(folder, "package.json"), "{}");
  });
  afterEach(() => rm(folder, { recursive: true }));
  const digest = () => programDigest(folder, ["stacks", "package.json"]);

  it("stays while no file changes, and leaves hidden files out", async () => {
    const before = await digest();
    await writeFile(join(folder, "stacks", ".swp"), "x");
    expect(await digest()).to.equal(before);
  });

  it("changes with a content, with a name and with a new file", async () => {
    const seen = new Set([await digest()]);
    await writeFile(join(folder, "stacks", "deep", "b.ts"), "c");
    seen.add(await digest());
    await rm(join(folder, "stacks", "deep", "b.ts"));
    await writeFile(join(folder, "stacks", "deep", "c.ts"), "c");
    seen.add(await digest());
    await writeFile(join(folder, "stacks", "new.ts"), "");
    seen.add(await digest());
    expect(seen.size).to.equal(4);
  });

  it("fails for a folder that is not there", async () => {
    const failure = await programDigest(folder, ["missing"]).catch((error: unknown) => error);
    expect(failure).to.have.property("code", "ENOENT");
  });
});

import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";

import { evidenceOf } from "../../../rollout/runner/evidence";
import { siteLayout } from "../../../rollout/runner/layout";

describe("evidenceOf", () => {
  let out: string;
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), "edgewave-evidence-"));
    const { checkpoint, rendered } = siteLayout(out, "porto");
    await mkdir(dirname(checkpoint), { recursive: true });
    await mkdir(join(rendered, "manifests"), { recursive: true });
    await writeFile(checkpoint, "state");
    await writeFile(join(rendered, "inventory.ini"), "porto");
    await writeFile(join(rendered, "manifests", "flux.yaml"), "kind: Kustomization");
  });
  afterEach(() => rm(out, { recursive: true }));

  it("stays while nothing is touched", async () => {
    const evidence = await evidenceOf(out, "porto");
    expect(evidence).to.match(/^[0-9a-f]{64}$/);
    expect(await evidenceOf(out, "porto")).to.equal(evidence);
  });

  it("is not there for a site without state", async () => {
    expect(await evidenceOf(out, "faro")).to.equal(undefined);
    await rm(siteLayout(out, "porto").checkpoint);
    expect(await evidenceOf(out, "porto")).to.equal(undefined);
  });

  it("is there for a site that has rendered nothing", async () => {
    await rm(siteLayout(out, "porto").rendered, { recursive: true });
    expect(await evidenceOf(out, "porto")).to.match(/^[0-9a-f]{64}$/);
  });

  const changes: [string, (layout: ReturnType<typeof siteLayout>) => Promise<unknown>][] = [
    ["the state changes", ({ checkpoint }) => writeFile(checkpoint, "other")],
    ["a file is edited", ({ rendered }) => writeFile(join(rendered, "manifests", "flux.yaml"), "kind: GitRepository")],
    ["a file is added", ({ rendered }) => writeFile(join(rendered, "new"), "")],
    ["a file is removed", ({ rendered }) => rm(join(rendered, "inventory.ini"))],
    ["a file is only written again", ({ rendered }) => utimes(join(rendered, "inventory.ini"), 1, 1)],
  ];
  for (const [name, change] of changes) {
    it(`changes when ${name}`, async () => {
      const before = await evidenceOf(out, "porto");
      await change(siteLayout(out, "porto"));
      expect(await evidenceOf(out, "porto")).not.to.equal(before);
    });
  }
});

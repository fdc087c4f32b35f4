import { appendFile, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { siteLayout } from "../../../rollout/runner/layout";
import { changedFiles, compareListings, recordRendered } from "../../../rollout/runner/renderedListing";

describe("changedFiles", () => {
  let out: string;
  let rendered: string;
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), "edgewave-listing-"));
    rendered = siteLayout(out, "porto").rendered;
    await mkdir(join(rendered, "manifests"), { recursive: true });
    await writeFile(join(rendered, "inventory.ini"), "porto");
    await writeFile(join(rendered, "manifests", "flux.yaml"), "kind: Kustomization");
    await recordRendered(out, "porto");
  });
  afterEach(() => rm(out, { recursive: true }));

  const file = (op: string, name: string) => ({ found: "files", op, type: "file", name, paths: [] });

  it("finds none while nothing is touched, or only written again", async () => {
    await utimes(join(rendered, "inventory.ini"), 1, 1);
    expect(await changedFiles(out, "porto")).to.deep.equal([]);
  });

  it("names files that were changed, removed or added", async () => {
    await appendFile(join(rendered, "inventory.ini"), "!");
    await rm(join(rendered, "manifests"), { recursive: true });
    await writeFile(join(rendered, "new"), "");
    expect(await changedFiles(out, "porto")).to.deep.equal([
      file("update", "inventory.ini"),
      file("delete", "manifests/flux.yaml"),
      file("create", "new"),
    ]);
  });

  it("takes a link for itself, not for what is there", async () => {
    await rm(join(rendered, "inventory.ini"));
    await writeFile(join(out, "elsewhere"), "porto");
    await symlink(join(out, "elsewhere"), join(rendered, "inventory.ini"));
    expect(await changedFiles(out, "porto")).to.deep.equal([file("update", "inventory.ini")]);
  });

  it("cannot tell where no run has written down its files", async () => {
    expect(await changedFiles(out, "faro")).to.equal(undefined);
  });

  it("is not misled by names that every object has", () => {
    expect(
      compareListings({}, JSON.parse('{"__proto__":"1","constructor":"2"}') as Record<string, string>),
    ).to.deep.equal([file("create", "__proto__"), file("create", "constructor")]);
  });
});

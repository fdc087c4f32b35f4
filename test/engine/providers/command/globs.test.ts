import { expect } from "chai";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { AssetOrArchive, Unknown } from "../../../../engine/property/value";
import { globExpression } from "../../../../engine/providers/command/globs";
import { hashArchive } from "../../../../engine/assets/hash";
import { commandProvider } from "../../../../engine/providers/command/provider";
import { recordingContext } from "../recording";

describe("patterns of asset paths", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["*.txt", "a.txt", true],
    ["*.txt", "a/b.txt", false],
    ["**", "a/b.txt", true],
    ["a/**", "a/b/c", true],
    ["a/**", "b/a/c", false],
    ["**.txt", "a/b.txt", true],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["[a-c].x", "b.x", true],
    ["[!a-c].x", "b.x", false],
    ["[!a-c].x", "d.x", true],
    ["{a,b*}.x", "bcd.x", true],
    ["{a,b*}.x", "c.x", false],
    ["a\\*", "a*", true],
    ["a\\*", "ab", false],
    ["a.b", "axb", false],
    ["a(b)+", "a(b)+", true],
  ];
  for (const [pattern, file, fits] of cases) {
    it(`${pattern} ${fits ? "fits" : "does not fit"} ${file}`, () => {
      expect(globExpression(pattern).test(file)).to.equal(fits);
    });
  }
  for (const pattern of ["[a", "{a,b"]) {
    it(`${pattern} is refused`, () => expect(() => globExpression(pattern)).to.throw("EDGE-COMMAND-009"));
  }
});

describe("assetPaths of a command", () => {
  const resource = { urn: "u", type: "command:local:Command", name: "files", timeout: 0 };
  const inputs = { create: "mkdir -p g/h; printf a > g/a.txt; printf b > g/h/b.txt; printf c > g/c.md" };
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "edgewave-globs-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("give the files that the command left, by path and with their hash; a later pattern decides", async () => {
    const provider = await commandProvider().configure({}, recordingContext());
    const wanted = { ...inputs, assetPaths: ["g/**", "!g/*.md"] };
    const context = recordingContext({ directory: folder });
    const preview = await provider.create({ ...resource, inputs: wanted, preview: true }, context);
    expect(preview.outputs["assets"]).to.equal(Unknown.value);
    const created = await provider.create({ ...resource, inputs: wanted, preview: false }, context);
    const asset = (file: string, content: string) =>
      new AssetOrArchive("asset", createHash("sha256").update(content).digest("hex"), {
        path: path.join(folder, file),
      });
    expect(created.outputs["assets"]).to.deep.equal({
      "g/a.txt": asset("g/a.txt", "a"),
      "g/h/b.txt": asset("g/h/b.txt", "b"),
    });
    const kept = await provider.update(
      {
        ...resource,
        id: "files1",
        oldInputs: wanted,
        oldOutputs: created.outputs,
        newInputs: { assetPaths: wanted.assetPaths, triggers: [1] },
        ignoreChanges: [],
        preview: false,
      },
      context,
    );
    expect(kept.outputs["assets"]).to.deep.equal(created.outputs["assets"]);
  });

  it("come in one archive too, with the hash of a tar file of them", async () => {
    const provider = await commandProvider().configure({}, recordingContext());
    const wanted = { ...inputs, archivePaths: ["g/**"] };
    const context = recordingContext({ directory: folder });
    const preview = await provider.create({ ...resource, inputs: wanted, preview: true }, context);
    expect(preview.outputs["archive"]).to.equal(Unknown.value);
    const { outputs } = await provider.create({ ...resource, inputs: wanted, preview: false }, context);
    const archive = outputs["archive"] as AssetOrArchive;
    expect(archive.kind).to.equal("archive");
    expect("assets" in archive.source && Object.keys(archive.source.assets)).to.deep.equal([
      "g/a.txt",
      "g/c.md",
      "g/h/b.txt",
    ]);
    expect(archive).to.deep.equal(await hashArchive(archive.source, folder));
    expect(archive.hash).to.match(/^[0-9a-f]{64}$/);
  });

  it("belong to local.run too", async () => {
    const provider = await commandProvider().configure({}, recordingContext());
    const args = { command: "printf r > run.txt", assetPaths: ["run.*"] };
    const { result } = await provider.invoke("command:local:run", args, recordingContext({ directory: folder }));
    expect(Object.keys(result["assets"] ?? {})).to.deep.equal(["run.txt"]);
  });
});

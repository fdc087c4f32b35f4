import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";

import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { pack } from "tar-stream";

import { archiveFiles } from "../../../engine/assets/archive";
import { hashAssets } from "../../../engine/assets/hash";
import type { PropertyMap } from "../../../engine/property/value";
import { AssetOrArchive } from "../../../engine/property/value";
import { failureOf } from "../support/failure";
import { Thing } from "../support/things";
import { World } from "../support/testProvider";
import { Bench } from "../support/workspace";
import { zip } from "./zip";

// What the official Go library (github.com/pulumi/pulumi/sdk/v3 3.274.1) computes for the same content.
const FOLDER = "524d1ec509957fa2c9a015c47f69aeba40229de091ece1a842ae4fc578041ccd";
const EMPTY = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";
const ASSETS = "fb240b7b11afebc86e8f2057c721c0cd28f3341283468d4e2c9616b5fa6f0d82";
const NESTED = "3173eec65afc014af70f746b5371421b4903f9dc0ff5037067bf35870de28572";

const LONG = `${"d".repeat(60)}/${"e".repeat(60)}`;
const FILES: readonly (readonly [string, string])[] = [
  ["a.txt", "one\n"],
  ["a/b.txt", "two\n"],
  ["a/c/empty", ""],
  ["é/ü.txt", "umlaut"],
  [`${LONG}/file.txt`, "long"],
  [`x/${"n".repeat(120)}`, "very long"],
  ["block", "z".repeat(512)],
];
/** The files of the archive of assets, in its order. */
const INNER: readonly (readonly [string, string])[] = [
  ...[...FILES, ["link.txt", "one\n"] as const]
    .map(([name, text]) => [`dir/${name}`, text] as const)
    .sort(([a], [b]) => compareWalked(a, b)),
  ["t.txt", "text"],
  ["z", "one\n"],
];

/** The order of a walk through folders: by each part of the path. */
function compareWalked(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  const at = left.findIndex((part, i) => part !== right[i]);
  return Buffer.compare(Buffer.from(left[at] ?? ""), Buffer.from(right[at] ?? ""));
}

const file = (path: string) => new AssetOrArchive("asset", "", { path });
const archive = (path: string) => new AssetOrArchive("archive", "", { path });
const assets = (entries: PropertyMap) => new AssetOrArchive("archive", "", { assets: entries });
const text = (content: string) => new AssetOrArchive("asset", "", { text: content });
const uri = (kind: "asset" | "archive", address: string) => new AssetOrArchive(kind, "", { uri: address });
const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

async function tar(files: readonly (readonly [string, string])[]): Promise<Buffer> {
  const packed = pack();
  packed.entry({ name: "dir/", type: "directory" });
  files.forEach(([name, content]) => packed.entry({ name }, content));
  packed.finalize();
  return buffer(packed);
}

describe("assets and archives", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "assets-"));
    const put = (name: string, content: string) => {
      mkdirSync(dirname(join(folder, "dir", name)), { recursive: true });
      writeFileSync(join(folder, "dir", name), content);
    };
    FILES.forEach(([name, content]) => put(name, content));
    put(".pulumi/skipped", "no");
    symlinkSync("a.txt", join(folder, "dir/link.txt"));
    symlinkSync("a", join(folder, "dir/linkdir"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const hash = async (asset: AssetOrArchive): Promise<string> => {
    const { it: found } = await hashAssets({ it: asset }, folder);
    return (found as AssetOrArchive).hash;
  };

  it("have the hashes that the official library gives them", async () => {
    const all = () => assets({ "t.txt": text("text"), dir: archive("dir"), z: file("dir/a.txt") });
    expect(await hash(archive("dir"))).to.equal(FOLDER);
    expect(await hash(assets({}))).to.equal(EMPTY);
    expect(await hash(all())).to.equal(ASSETS);
    writeFileSync(join(folder, "m.tar.gz"), gzipSync(await tar(INNER)));
    writeFileSync(join(folder, "m.tar"), await tar(INNER));
    writeFileSync(join(folder, "m.zip"), zip([["dir/", ""], ...INNER]));
    for (const name of ["m.tar.gz", "m.tar", "m.zip"]) {
      expect(await hash(assets({ in: archive(name) })), name).to.equal(NESTED);
    }
  });

  it("that lie in one file are as they are", async () => {
    const bytes = await tar([["x", "y"]]);
    for (const name of ["one.tar", "one.tgz", "one.zip", "one.jar"]) {
      writeFileSync(join(folder, name), bytes);
      expect(await hash(archive(name))).to.equal(sha256(bytes));
    }
  });

  it("give their parts hashes of their own, and stand in the state as the official CLI writes them", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(async () => {
        const parts = { empty: new pulumi.asset.StringAsset("x"), in: new pulumi.asset.AssetArchive({}) };
        new Thing("t", { value: new pulumi.asset.AssetArchive(parts) });
      });
      await stack.up();
      await stack.up({ expectNoChanges: true });
      const value = (await bench.resource("t")).inputs?.["value"] as Record<string, Record<string, object>>;
      const signature = "4dabf18193072939515e22adb298388d";
      expect(value["assets"]).to.deep.equal({
        empty: { [signature]: "c44067f5952c0a294b673a41bacd8c17", hash: sha256("x"), text: "x" },
        in: { [signature]: "0def7320c3a5731c473e5ecbe6d01bc7", assets: {}, hash: EMPTY },
      });
      expect(value["hash"]).to.have.length(64);
    });
  });

  it("are read from a server, again after its failure, and from files by URI", async () => {
    let failures = 1;
    const server = createServer((request, response) => {
      if (request.url === "/gone.zip") {
        response.writeHead(404).end();
      } else if (failures-- > 0) {
        response.writeHead(503).end();
      } else {
        response.end("content");
      }
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    try {
      const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      expect(await hash(uri("asset", `${base}/a.txt`))).to.equal(sha256("content"));
      expect(await hash(uri("archive", `${base}/a.tar.gz?x=1`))).to.equal(sha256("content"));
      expect(await hash(uri("asset", `file://${folder}/dir/a.txt`))).to.equal(sha256("one\n"));
      expect((await failureOf(hash(uri("archive", `${base}/gone.zip`)))).message).to.include("404");
      expect((await failureOf(hash(uri("archive", `${base}/a.txt`)))).message).to.include("not a recognized archive");
      expect((await failureOf(hash(uri("asset", "ftp://x/y")))).message).to.include("scheme: ftp");
      expect((await failureOf(hash(uri("asset", "file://elsewhere/y")))).message).to.include("only localhost");
    } finally {
      await new Promise((closed) => server.close(closed));
    }
  });

  const mistakes: readonly [string, () => AssetOrArchive, RegExp][] = [
    ["a folder as an asset", () => file("dir"), /is a directory; try using an archive/],
    ["a file that is not there", () => file("none"), /failed to open asset file '.*none'/],
    ["a file that is no archive", () => archive("dir/a.txt"), /neither a recognized archive type nor a directory/],
    ["a folder that is not there", () => archive("none"), /couldn't read archive path/],
    ["a part that is none", () => assets({ x: "text" }), /archive member 'x' is not an asset or archive/],
  ];
  for (const [what, made, message] of mistakes) {
    it(`refuse ${what}`, async () => {
      expect((await failureOf(hash(made()))).message).to.match(message);
    });
  }

  it("that are damaged fail, and do not hang", async () => {
    writeFileSync(join(folder, "bad.zip"), "PK no");
    writeFileSync(join(folder, "bad.tgz"), "no gzip");
    writeFileSync(join(folder, "bad.tar"), Buffer.concat([await tar([["x", "y".repeat(2000)]])]).subarray(0, 1200));
    for (const name of ["bad.zip", "bad.tgz", "bad.tar"]) {
      const all = async () => {
        for await (const { stream } of archiveFiles(assets({ in: archive(name) }), folder)) {
          await buffer(stream());
        }
      };
      expect(await failureOf(all()), name).to.be.instanceOf(Error);
    }
  });
});

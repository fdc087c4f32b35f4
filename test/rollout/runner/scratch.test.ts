import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { expect } from "chai";

import { ownOrigin, type ProcessIdentity } from "../../../rollout/processProof";
import { carriers } from "../../../rollout/runner/descendants";
import { makeScratch, ownScratch, removeScratch, sweepScratch } from "../../../rollout/runner/scratch";

describe("scratch folders", () => {
  let root: string;
  let gone: ProcessIdentity;
  before(async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    gone = { host: hostname(), pid: child.pid ?? 0, seenAt: Date.now(), origin: undefined };
  });
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "edgewave-scratch-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  const alive = (): ProcessIdentity => ({ ...gone, pid: process.pid, origin: ownOrigin() });
  async function leave(name: string, owners: Readonly<Record<string, ProcessIdentity | string>>): Promise<string> {
    const folder = join(root, name);
    await mkdir(join(folder, "deep"), { recursive: true });
    await writeFile(join(folder, "deep", "file"), "");
    for (const [owner, content] of Object.entries(owners)) {
      await writeFile(join(folder, `.${owner}.json`), typeof content === "string" ? content : JSON.stringify(content));
    }
    return folder;
  }

  it("are for this user alone, short, and gone with everything in them", async () => {
    const folder = await makeScratch(root);
    expect((await stat(folder)).mode & 0o777).to.equal(0o700);
    expect(folder.length - root.length).to.be.lessThan(24);
    await mkdir(join(folder, "a", "b"), { recursive: true });
    await removeScratch(folder);
    expect(existsSync(folder)).to.equal(false);
    await removeScratch(folder);
  });

  it("name the processes that use them", async () => {
    const folder = await makeScratch(root);
    await ownScratch(folder, "worker");
    for (const owner of ["driver", "worker"]) {
      const identity = JSON.parse(await readFile(join(folder, `.${owner}.json`), "utf8")) as ProcessIdentity;
      expect(identity).to.deep.include({ host: hostname(), pid: process.pid });
    }
    expect(await sweepScratch(root)).to.deep.equal([]);
  });

  it("are swept if all processes that used them are proven dead", async () => {
    const folders = [
      await leave("edgewave-run-aaaaaa", { driver: gone }),
      await leave("edgewave-run-bbbbbb", { driver: gone, worker: gone }),
    ];
    expect(await sweepScratch(root)).to.have.members(folders);
    expect(folders.map((folder) => existsSync(folder))).to.deep.equal([false, false]);
  });

  const linux = existsSync("/proc/self/environ");
  (linux ? it : it.skip)(`are swept with what still runs in them${linux ? "" : " (needs /proc)"}`, async () => {
    const left = await leave("edgewave-run-eeeeee", { driver: gone, worker: gone });
    const used = await leave("edgewave-run-ffffff", { driver: alive() });
    const start = (folder: string) =>
      spawn("sleep", ["60"], { detached: true, stdio: "ignore", env: { PATH: process.env["PATH"], TMPDIR: folder } });
    const [straggler, busy] = [start(left), start(used)];
    const ends = [once(straggler, "exit"), once(busy, "exit")];
    // A process has its variables once it runs its own program.
    while (carriers("TMPDIR", left).length + carriers("TMPDIR", used).length < 2) await delay(5);
    expect(await sweepScratch(root)).to.deep.equal([left]);
    expect(await ends[0]).to.deep.equal([null, "SIGKILL"]);
    expect(busy.exitCode).to.equal(null);
    busy.kill();
    expect(await ends[1]).to.deep.equal([null, "SIGTERM"]);
  });

  const kept: [string, () => Parameters<typeof leave>[1]][] = [
    ["whose driver is alive", () => ({ driver: alive() })],
    ["whose worker is alive after its driver", () => ({ driver: gone, worker: alive() })],
    ["of another host", () => ({ driver: { ...gone, host: "elsewhere" } })],
    ["that name nobody", () => ({})],
    ["that name nobody who can be read", () => ({ driver: "{", worker: gone })],
    ["whose worker cannot be read", () => ({ driver: gone, worker: "" })],
  ];
  for (const [sentence, owners] of kept) {
    it(`are kept ${sentence}`, async () => {
      const folder = await leave("edgewave-run-cccccc", owners());
      expect(await sweepScratch(root)).to.deep.equal([]);
      expect(existsSync(join(folder, "deep", "file"))).to.equal(true);
    });
  }

  it("are never reached through a link, nor by another name", async () => {
    const other = await leave("precious", { driver: gone });
    await symlink(other, join(root, "edgewave-run-dddddd"));
    expect(await sweepScratch(root)).to.deep.equal([]);
    expect(existsSync(join(other, "deep", "file"))).to.equal(true);
    expect(await sweepScratch(join(root, "none"))).to.deep.equal([]);
  });
});

import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

import { expect } from "chai";

import { siteLayout } from "../../../rollout/runner/layout";
import {
  isLastSuccess,
  keepState,
  newestBackup,
  rememberSuccess,
  superfluous,
} from "../../../rollout/runner/stateBackup";

describe("copies of a site's state", () => {
  let out: string;
  let minute = 0;
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), "edgewave-backup-"));
    await mkdir(dirname(siteLayout(out, "porto").checkpoint), { recursive: true });
  });
  afterEach(() => rm(out, { recursive: true }));

  const resource = (name: string) => ({ urn: `urn:pulumi:porto::edgewave::t::${name}`, type: "t", outputs: { name } });
  const state = (names: readonly string[], more: object = {}) =>
    writeFile(
      siteLayout(out, "porto").checkpoint,
      JSON.stringify({
        version: 3,
        checkpoint: {
          stack: "organization/edgewave/porto",
          latest: { manifest: { time: `${Math.random()}` }, resources: names.map(resource), metadata: {}, ...more },
        },
      }),
    );
  const keep = (token = 7) => {
    minute += 1;
    return keepState(out, "porto", { token, now: new Date(Date.UTC(2026, 10, 25, 18, minute, 3, 45)) });
  };
  const names = async () =>
    (await readdir(siteLayout(out, "porto").backups)).filter((name) => /^\d.*\.json$/.test(name));

  it("are what stack export writes, for the owner alone, named by time and fencing token", async () => {
    await state(["inventory"], { secrets_providers: { type: "passphrase" } });
    minute = 0;
    const copy = await keep();
    expect(copy).to.equal(join(siteLayout(out, "porto").backups, "20261125T180103045Z-7.json"));
    const content = JSON.parse(await readFile(copy ?? "", "utf8")) as { version: number; deployment: object };
    expect(content.version).to.equal(3);
    expect(content.deployment).to.deep.include({
      resources: [resource("inventory")],
      secrets_providers: { type: "passphrase" },
    });
    expect((await stat(copy ?? "")).mode & 0o777).to.equal(0o600);
    expect((await stat(dirname(copy ?? ""))).mode & 0o777).to.equal(0o700);
    expect(await newestBackup(out, "porto")).to.equal(copy);
  });

  it("are made of what is there only", async () => {
    expect(await keep()).to.equal(undefined);
    await writeFile(siteLayout(out, "porto").checkpoint, '{"version":3,"checkpoint":{"stack":"s"}}');
    expect(await keep()).to.equal(undefined);
    await state([]);
    expect(await keep()).to.equal(undefined);
    expect(await newestBackup(out, "porto")).to.equal(undefined);
    await state([], { pending_operations: [{ type: "creating", resource: resource("inventory") }] });
    expect(await keep()).not.to.equal(undefined);
  });

  it("are not made twice of a state of which only the time stamp has changed", async () => {
    await state(["inventory"]);
    const copy = await keep(1);
    await state(["inventory"]);
    expect(await keep(2)).to.equal(copy);
    expect(await names()).to.deep.equal([basename(copy ?? "")]);
  });

  it("are five at most, the newest ones", async () => {
    const copies: (string | undefined)[] = [];
    for (let count = 1; count <= 8; count++) {
      await state([`resource-${count}`]);
      copies.push(await keep(count));
    }
    expect(await names()).to.have.members(copies.slice(-5).map((copy) => basename(copy ?? "")));
  });

  it("always have one of the state that the last success left", async () => {
    await state(["good"]);
    await rememberSuccess(out, "porto");
    const good = await keep(1);
    for (let count = 2; count <= 9; count++) {
      await state([`broken-${count}`]);
      await keep(count);
    }
    expect(await names())
      .to.include(basename(good ?? ""))
      .and.to.have.length(6);
    await state(["better"]);
    await rememberSuccess(out, "porto");
    await keep(10);
    expect(await names()).to.have.length(5);
    expect(await names()).not.to.include(basename(good ?? ""));
  });

  it("are made and removed without their index too, as after it was cut short", async () => {
    for (let count = 1; count <= 7; count++) {
      await state([`resource-${count}`]);
      await keep(count);
      await writeFile(join(siteLayout(out, "porto").backups, ".index.json"), '{"copies":{"');
    }
    expect(await names()).to.have.length(5);
  });

  it("tell whether the state is the one that the last success left", async () => {
    await state(["good"]);
    expect(await isLastSuccess(out, "porto")).to.equal(undefined);
    await rememberSuccess(out, "porto");
    expect(await isLastSuccess(out, "porto")).to.equal(true);
    await state(["other"]);
    expect(await isLastSuccess(out, "porto")).to.equal(false);
  });

  it("may go if they are neither among the newest nor the only one of the last success", () => {
    const copies = ["e", "d", "c", "b", "a"].map((name) => ({ name, digest: name === "a" ? undefined : name }));
    expect(superfluous(copies, undefined, 2)).to.deep.equal(["c", "b", "a"]);
    expect(superfluous(copies, "b", 2)).to.deep.equal(["c", "a"]);
    expect(superfluous(copies, "d", 2)).to.deep.equal(["c", "b", "a"]);
    expect(superfluous([...copies, { name: "old b", digest: "b" }], "b", 2)).to.deep.equal(["c", "a", "old b"]);
    expect(superfluous(copies, "b", 5)).to.deep.equal([]);
  });
});

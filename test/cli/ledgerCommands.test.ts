import { createClient } from "@libsql/client";
import { expect } from "chai";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { approvalText } from "../../rollout/approvals/approvalText";
import { planHash } from "../../rollout/approvals/planHash";
import { signApproval } from "../../rollout/approvals/verifyApproval";
import type { Approved, RolloutEvent } from "../../rollout/events";
import { generateSigningKey, readSigningKey, type SigningKey } from "../../signing/key";
import { aPlan, startOf, waveStarted } from "../rollout/support/plan";
import { withFolder } from "../support/edgewave";
import { command, writeRuns } from "./record";

const at = Date.UTC(2026, 10, 20, 8);
const run = "20261120T080000Z-0001";
const plan = aPlan({}, { approval: { count: 1, signed: true } });
const ana = readSigningKey(generateSigningKey("ana"), "ana");
const bo = readSigningKey(generateSigningKey("bo"), "bo");

function approved(key: SigningKey, by: string, { seconds = 3600, wave = "all" } = {}): Approved {
  const { fleet, rollout, release } = startOf(plan);
  const approval = { fleet, rollout, release, run, wave, planHash: planHash(plan), expires: at + seconds * 1000 };
  const signed = { text: approvalText(approval), signature: signApproval(approval, key), fingerprint: key.fingerprint };
  return { type: "approved", wave: "all", by, expires: approval.expires, signed };
}

async function written(folder: string, ...events: RolloutEvent[]): Promise<string> {
  return writeRuns(folder, [{ run, at, events: [startOf(plan), ...events] }]);
}

function approvers(folder: string, lines: readonly string[]): string {
  const file = path.join(folder, "approvers");
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

const verify = (folder: string, file: string, ...more: string[]) =>
  command(["ledger", "verify", file, "--approvers", path.join(folder, "approvers"), ...more]);

describe("edgewave ledger export", () => {
  it("writes what verify proves, with the heads that prove the ledger later", () =>
    withFolder(async (out) => {
      await written(out, waveStarted);
      const file = path.join(out, "kept.jsonl");
      const exported = await command(["ledger", "export", "--out", out, "--output", file]);
      expect([exported.code, exported.err]).to.deep.equal([0, `3 lines in ${file}\n`]);
      const printed = await command(["ledger", "export", run, "--out", out]);
      expect(printed.out).to.equal(readFileSync(file, "utf8"));
      approvers(out, [`ana ${ana.publicKey}`]);
      expect((await verify(out, path.join(out, "ledger.db"), "--heads", file)).out).to.contain("1 finding");
      expect(readdirSync(out).filter((name) => name.endsWith(".part"))).to.be.empty;
    }));

  it("refuses a run that is not there, and a file that cannot be written", () =>
    withFolder(async (out) => {
      await written(out);
      const unknown = await command(["ledger", "export", "nope", "--out", out]);
      expect([unknown.code, unknown.out]).to.deep.equal([2, ""]);
      expect(unknown.err).to.contain("EDGE-CLI-065");
      const nowhere = await command(["ledger", "export", "--out", out, "--output", path.join(out, "no", "where")]);
      expect(nowhere.code).to.equal(2);
      expect(nowhere.err).to.contain("EDGE-CLI-066");
    }));
});

describe("edgewave ledger verify", () => {
  it("accepts a wave that was started with an approval that was signed for it", () =>
    withFolder(async (out) => {
      approvers(out, [`ana ${ana.publicKey}`]);
      const file = await written(out, approved(ana, "ana"), waveStarted);
      const { code, out: text } = await verify(out, file);
      expect([code, text]).to.deep.equal([0, `${file}: everything holds, 1 signed approval checked\n`]);
    }));

  it("counts an approval as of when it was recorded: it may have expired since, and its key too", () =>
    withFolder(async (out) => {
      approvers(out, [`ana valid-before="20261121Z" ${ana.publicKey}`]);
      expect((await verify(out, await written(out, approved(ana, "ana"), waveStarted))).code).to.equal(0);
    }));

  const wrong: [string, string[], Approved[], RegExp][] = [
    ["a key that nobody lists", [`bo ${bo.publicKey}`], [approved(ana, "ana")], /Nobody who may approve has the key/],
    [
      "a name that did not sign",
      [`ana ${ana.publicKey}`],
      [approved(ana, "bo")],
      /recorded as by bo, and ana signed it/,
    ],
    ["another wave's approval", [`ana ${ana.publicKey}`], [approved(ana, "ana", { wave: "x" })], /is for wave x/],
    [
      "an approval that had expired when the wave was started",
      [`ana ${ana.publicKey}`],
      [approved(ana, "ana", { seconds: 2 })],
      /wave all was started with 0 of 1 signed approvals/,
    ],
    [
      "an expiry that was moved",
      [`ana ${ana.publicKey}`],
      [{ ...approved(ana, "ana"), expires: at + 9e9 }],
      /another expiry than the one that was signed/,
    ],
    ["a wave without any", [`ana ${ana.publicKey}`], [], /wave all was started with 0 of 1 signed approvals/],
  ];
  for (const [what, lines, events, message] of wrong) {
    it(`finds ${what}, in the ledger and in its export`, () =>
      withFolder(async (out) => {
        approvers(out, lines);
        const file = await written(out, ...events, waveStarted);
        const exported = path.join(out, "kept.jsonl");
        await command(["ledger", "export", "--out", out, "--output", exported]);
        for (const checked of [file, exported]) {
          const { code, out: text } = await verify(out, checked);
          expect(code).to.equal(1);
          expect(text).to.match(message);
        }
      }));
  }

  it("says that signatures cannot be checked where nobody is listed, and only there", () =>
    withFolder(async (out) => {
      const signed = await written(out, approved(ana, "ana"));
      const { code, out: text } = await command(["ledger", "verify", signed, "--fleet", out]);
      expect(code).to.equal(1);
      expect(text).to.match(/event 2: the approval of wave all cannot be checked: .*approvers cannot be read/);
      const other = path.join(out, "other");
      const unsigned = await written(other, { type: "approved", wave: "all", by: "ana" });
      expect((await command(["ledger", "verify", unsigned, "--fleet", out])).code).to.equal(0);
    }));

  it("finds what was changed in the file, and what heads show to be cut off, and leaves the file as it is", () =>
    withFolder(async (out) => {
      approvers(out, [`ana ${ana.publicKey}`]);
      const file = await written(out, approved(ana, "ana"), waveStarted, { type: "paused", by: "ana" });
      const heads = path.join(out, "heads.jsonl");
      await command(["ledger", "export", "--out", out, "--output", heads]);
      const client = createClient({ url: pathToFileURL(file).href });
      await client.executeMultiple(
        "DROP TRIGGER events_are_not_changed; DROP TRIGGER events_are_not_removed; " +
          `DELETE FROM events WHERE sequence = 4; UPDATE events SET at = at + 1 WHERE sequence = 3;`,
      );
      client.close();
      const { code, json } = await verify(out, file, "--heads", heads, "--json");
      expect(code).to.equal(1);
      const { findings } = json() as { findings: { sequence: number; why: string }[] };
      expect(findings.map(({ sequence, why }) => `${sequence}: ${why}`)).to.deep.equal([
        "3: its content is not what was written",
        "4: events are cut off: 4 are known from elsewhere",
      ]);
    }));

  it("holds an export against heads too: one that was written anew, and a run that is missing", () =>
    withFolder(async (out) => {
      approvers(out, [`ana ${ana.publicKey}`]);
      await written(path.join(out, "a"), approved(ana, "ana"), waveStarted);
      await written(path.join(out, "b"), approved(ana, "ana"), { type: "paused", by: "ana" });
      const files = await Promise.all(
        ["a", "b"].map(async (name) => {
          const file = path.join(out, `${name}.jsonl`);
          await command(["ledger", "export", "--out", path.join(out, name), "--output", file]);
          return file;
        }),
      );
      const [first = "", second = ""] = files;
      expect((await verify(out, first, "--heads", first)).code).to.equal(0);
      expect((await verify(out, first, "--heads", second)).out).to.contain("all of it was written anew");
      writeFileSync(path.join(out, "none.jsonl"), "");
      const none = await verify(out, path.join(out, "none.jsonl"), "--heads", first);
      expect(none.out).to.contain(`run ${run}: it is known from elsewhere and is not there`);
    }));

  it("refuses a file that is not there or has no heads, and makes no ledger", () =>
    withFolder(async (out) => {
      for (const argv of [
        ["ledger", "verify", path.join(out, "gone")],
        ["ledger", "verify", "--out", out],
        ["ledger", "verify", path.join(out, "notes"), "--heads", path.join(out, "notes")],
      ]) {
        writeFileSync(path.join(out, "notes"), "just text\n");
        const { code, err } = await command(argv);
        expect([code, /EDGE-CLI-067/.test(err)]).to.deep.equal([2, true]);
      }
      expect(existsSync(path.join(out, "ledger.db"))).to.equal(false);
      expect((await command(["ledger", "verify", path.join(out, "notes")])).code).to.equal(1);
    }));
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { createClient } from "@libsql/client";

import type { RolloutEvent } from "../../../rollout/events";
import type { Ledger } from "../../../rollout/ledger/ledger";
import { openLedger } from "../../../rollout/ledger/sqliteLedger";
import { planWaves } from "../../../rollout/planWaves";
import { rolloutStarted } from "../../../rollout/start";
import { aFleet, aRelease, aRollout, sites } from "../../support/fleet";

/** A ledger's file in a folder of its own, for one test. */
export class LedgerFile {
  private readonly opened: Ledger[] = [];

  private constructor(
    readonly folder: string,
    readonly path: string,
  ) {}

  static async make(): Promise<LedgerFile> {
    const folder = await mkdtemp(join(tmpdir(), "edgewave-ledger-"));
    return new LedgerFile(folder, join(folder, "ledger.db"));
  }

  async open(): Promise<Ledger> {
    const ledger = await openLedger(this.path);
    this.opened.push(ledger);
    return ledger;
  }

  /** What somebody with another program does. */
  async execute(sql: string): Promise<void> {
    const client = createClient({ url: pathToFileURL(this.path).href });
    await client.executeMultiple(sql);
    client.close();
  }

  /** What an intruder or a broken disk does: the triggers are no hindrance to them. */
  tamper(sql: string): Promise<void> {
    return this.execute(`DROP TRIGGER events_are_not_changed; DROP TRIGGER events_are_not_removed; ${sql}`);
  }

  async remove(): Promise<void> {
    for (const ledger of this.opened) ledger.close();
    await rm(this.folder, { recursive: true });
  }
}

export function started(): RolloutEvent {
  const fleet = aFleet({ sites: sites(2) });
  const plan = planWaves(fleet.sites, aRollout());
  return rolloutStarted({ fleet, release: aRelease(), plan, signers: [], programDigest: "p", successes: new Map() });
}

export const wave = (name: string): RolloutEvent => ({ type: "wave-started", wave: name });
export const ended: RolloutEvent = { type: "rollout-finished", result: "succeeded" };
/** By which a run that had ended goes on. */
export const reopened: RolloutEvent = { type: "rollout-reopened", kind: "retry", by: "ana", sites: [] };

import { randomUUID } from "node:crypto";
import { hostname } from "node:os";

import type { Client, InValue, Row } from "@libsql/client";

import { ownOrigin, type ProcessOrigin, processState } from "../processProof";
import { type Lease, type LeaseHolder, LeaseLost, RolloutLocked } from "./ledger";

const renewEvery = 10_000;
/** A lease of another host, boot or PID namespace ends when it was not renewed for so long. */
const foreignExpiry = 60_000;

/** What a driver writes of itself. */
const columns = ["id", "host", "pid", "since", "renewed_at", "boot_id", "pid_namespace", "start_ticks"];
const places = columns.map(() => "?").join(", ");

/** The rows of `leases`: who drives what. */
export class Leases {
  private readonly held = new Set<HeldLease>();

  constructor(private readonly client: Client) {}

  async take(name: string): Promise<Lease> {
    for (;;) {
      const current = await this.row("name", name);
      const now = Date.now();
      if (current !== undefined && !isFree(current.holder, now)) throw new RolloutLocked(current.holder);
      const id = randomUUID();
      const origin = ownOrigin();
      const values: InValue[] = [id, hostname(), process.pid, now, now];
      values.push(origin?.bootId ?? null, origin?.pidNamespace ?? null, origin?.startTicks ?? null);
      // Both statements write only if nobody else was faster; then the loop looks again.
      const { rowsAffected } =
        current === undefined
          ? await this.client.execute({
              sql: `INSERT INTO leases (${columns.join(", ")}, name) VALUES (${places}, ?) ON CONFLICT DO NOTHING`,
              args: [...values, name],
            })
          : await this.client.execute({
              sql: `UPDATE leases SET (${columns.join(", ")}) = (${places}) WHERE name = ? AND id = ?`,
              args: [...values, name, current.id],
            });
      if (rowsAffected === 0) continue;
      const lease = new HeldLease(this.client, id, name, (ended) => this.held.delete(ended));
      this.held.add(lease);
      return lease;
    }
  }

  async holder(name: string): Promise<LeaseHolder | undefined> {
    return (await this.row("name", name))?.holder;
  }

  /** The holder of the lease with that id, if it is still held by a driver that is not proven dead. */
  async liveHolderById(id: string): Promise<LeaseHolder | undefined> {
    const current = await this.row("id", id);
    return current === undefined || isFree(current.holder, Date.now()) ? undefined : current.holder;
  }

  /** Stops renewing; leases that were not released stay as they are. */
  close(): void {
    for (const lease of this.held) lease.stop();
  }

  private async row(key: "name" | "id", value: string): Promise<{ id: string; holder: LeaseHolder } | undefined> {
    const { rows } = await this.client.execute({ sql: `SELECT * FROM leases WHERE ${key} = ?`, args: [value] });
    return rows[0] === undefined ? undefined : { id: String(rows[0]["id"]), holder: holderOf(rows[0]) };
  }
}

function holderOf(row: Row): LeaseHolder {
  const identity = {
    host: String(row["host"]),
    pid: Number(row["pid"]),
    seenAt: Number(row["since"]),
    origin: originOf(row),
  };
  return {
    name: String(row["name"]),
    host: identity.host,
    pid: identity.pid,
    since: identity.seenAt,
    renewedAt: Number(row["renewed_at"]),
    owner: processState(identity),
  };
}

/** Undefined for a driver of version 1, or without /proc. */
function originOf(row: Row): ProcessOrigin | undefined {
  const [bootId, pidNamespace, startTicks] = [row["boot_id"], row["pid_namespace"], row["start_ticks"]];
  if (typeof bootId !== "string" || typeof pidNamespace !== "string" || typeof startTicks !== "number")
    return undefined;
  return { bootId, pidNamespace, startTicks };
}

function isFree(holder: LeaseHolder, now: number): boolean {
  return holder.owner === "dead" || (holder.owner === "unknown" && now - holder.renewedAt > foreignExpiry);
}

class HeldLease implements Lease {
  private readonly losing = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private released = false;

  constructor(
    private readonly client: Client,
    readonly id: string,
    readonly name: string,
    private readonly ended: (lease: HeldLease) => void,
  ) {
    this.timer = setInterval(() => void this.renew(), renewEvery);
    this.timer.unref();
  }

  get lost(): AbortSignal {
    return this.losing.signal;
  }

  async release(): Promise<void> {
    if (this.released) return;
    this.stop();
    await this.client.batch(
      [
        { sql: "UPDATE sites SET claimed_by = NULL WHERE claimed_by = ?", args: [this.id] },
        { sql: "DELETE FROM leases WHERE id = ?", args: [this.id] },
      ],
      "write",
    );
  }

  stop(): void {
    this.released = true;
    clearInterval(this.timer);
    this.ended(this);
  }

  private async renew(): Promise<void> {
    try {
      const { rowsAffected } = await this.client.execute({
        sql: "UPDATE leases SET renewed_at = ? WHERE id = ?",
        args: [Date.now(), this.id],
      });
      if (rowsAffected > 0 || this.released) return;
      this.stop();
      this.losing.abort(new LeaseLost(this.name));
    } catch {
      // A busy or unreachable file: the next renewal tries again, and every append checks the lease for itself.
    }
  }
}

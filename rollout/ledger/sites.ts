import type { SiteSuccess } from "../events";
import type { LedgerClient } from "./client";
import { type Lease, SiteBusy } from "./ledger";
import type { Leases } from "./leases";
import { released } from "./statements";

/** Who is at work on a site, by which fencing token, and how it was last brought to a release. */
export class Sites {
  constructor(
    private readonly client: LedgerClient,
    private readonly leases: Leases,
  ) {}

  async claim(lease: Lease, site: string): Promise<number> {
    const free = await this.claimFree(lease, site);
    if (free !== undefined) return free;
    for (;;) {
      const { rows } = await this.client.execute({ sql: "SELECT * FROM sites WHERE site = ?", args: [site] });
      const last = Number(rows[0]?.["token"] ?? 0);
      // Not from 1: the work directories remember the tokens of a ledger that was moved away.
      const token = Math.max(last + 1, Date.now());
      const claim = rows[0]?.["claimed_by"];
      if (typeof claim === "string" && claim !== lease.id) {
        const holder = await this.leases.liveHolderById(claim);
        if (holder !== undefined) throw new SiteBusy(site, holder);
      }
      // Compare and swap on the token: who comes second looks again.
      const { rowsAffected } = await this.client.execute({
        sql:
          "INSERT INTO sites (site, token, claimed_by) VALUES (?1, ?2, ?3) " +
          "ON CONFLICT DO UPDATE SET token = ?2, claimed_by = ?3 WHERE token = ?4",
        args: [site, token, lease.id, last],
      });
      if (rowsAffected > 0) return token;
    }
  }

  async release(lease: Lease, site: string): Promise<void> {
    await this.client.execute(released(site, lease));
  }

  async lastSuccess(site: string): Promise<SiteSuccess | undefined> {
    const { rows } = await this.client.execute({ sql: "SELECT success FROM sites WHERE site = ?", args: [site] });
    const success = rows[0]?.["success"];
    return typeof success === "string" ? (JSON.parse(success) as SiteSuccess) : undefined;
  }

  async successes(): Promise<ReadonlyMap<string, SiteSuccess>> {
    const { rows } = await this.client.execute("SELECT site, success FROM sites WHERE success IS NOT NULL");
    return new Map(rows.map((row) => [String(row["site"]), JSON.parse(String(row["success"])) as SiteSuccess]));
  }

  /** Of a site that nobody has, or who asks, in one statement; undefined if somebody else may have it. */
  private async claimFree(lease: Lease, site: string): Promise<number | undefined> {
    const { rows } = await this.client.execute({
      sql:
        "INSERT INTO sites (site, token, claimed_by) VALUES (?1, ?2, ?3) " +
        "ON CONFLICT DO UPDATE SET token = max(token + 1, ?2), claimed_by = ?3 " +
        "WHERE claimed_by IS NULL OR claimed_by = ?3 RETURNING token",
      args: [site, Date.now(), lease.id],
    });
    return rows[0] === undefined ? undefined : Number(rows[0]["token"]);
  }
}

import type { Release, ResolvedSite } from "../../fleet/model";
import { withoutRun } from "../decide/command";
import { desiredHash } from "../desiredHash";
import { type Lease, SiteBusy } from "../ledger/ledger";
import { type Hop, runThrough } from "../siteRun";
import { releaseOf, type SiteState } from "../state";
import { gone, type Loop } from "./loop";
import type { RolloutRun } from "./options";

/** How long until a content that was missing is looked for again, in milliseconds. */
const stageAgain = 60_000;

/** What a driver does to sites: runs and looks for content. It decides nothing. */
export class SiteWork {
  private readonly running = new Map<string, Promise<void>>();
  private readonly sites: ReadonlyMap<string, ResolvedSite>;

  constructor(
    private readonly options: RolloutRun,
    private readonly lease: Lease,
    /** What asks running sites to stop; another one after an abort. */
    private readonly signal: () => AbortSignal,
    private readonly loop: Loop,
  ) {
    this.sites = new Map(options.fleet.sites.map((site) => [site.name, site]));
  }

  /** Resolves when no run is under way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.running.values());
  }

  ended(site: string): void {
    this.running.delete(site);
  }

  /** @returns false if the site has ended instead. */
  async start(name: string, attempt: number): Promise<boolean> {
    const { loop, options } = this;
    const { site, known } = this.find(name);
    if (site === undefined) return this.fail(known, gone(name));
    const target = this.target(known, site);
    if ("impassable" in target) return this.fail(known, target.impassable);
    const token = await this.claim(known);
    if (token === undefined) return false;
    const back = known.direction === "back" ? { release: target.release.name } : {};
    await loop.record([{ type: "site-started", site: name, attempt, token, ...back }]);
    const { fleet, signers, runner, promoter, ledger, clock, onProgress, onWaiting } = options;
    const run = {
      site,
      release: target.release,
      fleet,
      signers,
      desiredHash: target.desiredHash,
      token,
      runner,
      promoter,
      ledger,
      clock,
      signal: this.signal(),
      onProgress: (resources: number, doing: string | undefined) => onProgress?.(name, resources, doing),
      onWaiting: (reason: string | undefined) => {
        onWaiting?.(name, reason);
        const event = { type: "site-waiting" as const, site: name, ...(reason === undefined ? {} : { reason }) };
        loop.send({ type: "happened", site: name, token, event });
      },
    };
    const work = runThrough(run, target.hops, async (release, success) => {
      const event = { type: "site-hopped" as const, site: name, release, ...(success && { success }) };
      loop.send({ type: "happened", site: name, token, event });
    }).then((events) => loop.send({ type: "ended", site: name, events }));
    this.running.set(name, work);
    return true;
  }

  private async fail(known: SiteState, reason: string): Promise<false> {
    await this.loop.record([withoutRun(known, "failed", reason)]);
    return false;
  }

  async stage(name: string): Promise<void> {
    const { site, known } = this.find(name);
    const { preStager, release, fleet, clock } = this.options;
    await this.loop.record([{ type: "site-staging", site: name }]);
    const send = (found: { readonly proof: string } | { readonly missing: string }) => {
      const again = "proof" in found ? {} : { until: clock.now() + stageAgain };
      this.loop.send({
        type: "happened",
        site: name,
        token: known.token,
        event: { type: "site-staged", site: name, ...found, ...again },
      });
    };
    if (site === undefined) return send({ missing: gone(name) });
    if (preStager === undefined) return send({ missing: "nobody can look for it here" });
    const proof = Promise.resolve().then(() =>
      preStager.prove({ site, release, fleet, commit: undefined }, this.signal()),
    );
    void proof.then(
      (found) => send(found.present ? { proof: found.proof } : { missing: found.missing.join("; ") }),
      (error: unknown) => send({ missing: error instanceof Error ? error.message : String(error) }),
    );
  }

  /** A run that is opened again long after its end may have sites that the fleet has no longer. */
  private find(name: string): { readonly site: ResolvedSite | undefined; readonly known: SiteState } {
    const known = this.loop.state().sites.get(name);
    if (known === undefined) throw new Error(`site ${name} is not in this rollout`);
    return { site: this.sites.get(name), known };
  }

  /** The release that a site is to be taken to, and those on the way; or why it cannot be. */
  private target(
    known: SiteState,
    site: ResolvedSite,
  ): (Hop & { readonly hops: readonly Hop[] }) | { readonly impassable: string } {
    const { fleet, release } = this.options;
    if (known.direction === "back") {
      const wanted = releaseOf(this.loop.state(), known);
      const found = fleet.releases.find(({ name }) => name === wanted);
      if (found === undefined) {
        return {
          impassable: `it cannot go back: the fleet no longer has release ${wanted}; put it back into releases/`,
        };
      }
      return { ...this.hop(site, found), hops: [] };
    }
    if (known.before?.impassable !== undefined) return { impassable: known.before.impassable };
    const left = (known.before?.hops ?? []).filter((hop) => !known.hopped.includes(hop));
    const hops: Hop[] = [];
    for (const name of left) {
      const found = fleet.releases.find((other) => other.name === name);
      if (found === undefined)
        return { impassable: `the way goes through release ${name}, which the fleet no longer has` };
      hops.push(this.hop(site, found));
    }
    return { release, desiredHash: known.frozen.desiredHash, hops };
  }

  private hop(site: ResolvedSite, release: Release): Hop {
    const { fleet, signers, programDigest } = this.options;
    return { release, desiredHash: desiredHash({ site, release, fleet, signers, programDigest }) };
  }

  /** The site's fencing token; undefined if somebody else runs the site, which is then recorded as failed. */
  private async claim(known: SiteState): Promise<number | undefined> {
    try {
      return await this.options.ledger.claimSite(this.lease, known.site);
    } catch (error) {
      if (!(error instanceof SiteBusy)) throw error;
      await this.fail(known, error.message);
      return undefined;
    }
  }
}

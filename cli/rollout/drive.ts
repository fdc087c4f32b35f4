import path from "node:path";
import { DeployBranchPromoter } from "../../gitops/promoter";
import { HubPromoter } from "../../gitops/hub/promoter";
import { adoptFromHub, publishToHub } from "../../gitops/hub/publish";
import { publishRelease } from "../../gitops/publish";
import type { Release, Rollout } from "../../fleet/model";
import { systemClock } from "../../rollout/clock";
import { continueRollout, runRollout } from "../../rollout/driver";
import type { RolloutRun } from "../../rollout/driver/options";
import type { SiteSuccess } from "../../rollout/events";
import { wayBetween } from "../../rollout/hops";
import type { Ledger } from "../../rollout/ledger/ledger";
import { openLedger } from "../../rollout/ledger/sqliteLedger";
import type { Plan } from "../../rollout/plan";
import { programDigest } from "../../rollout/programDigest";
import type { RolloutState } from "../../rollout/state";
import { chooseEngine, type EngineChoice } from "../engine";
import { hubGit } from "../hub";
import type { Interrupts } from "../interrupt";
import { colorsOf, print, type Io } from "../io";
import type { LoadedFleet } from "../load";
import { type DrivingOptions, wholeNumber } from "../options";
import { claimOutFolder } from "../outFolder";
import { findPassphrase } from "../passphrase";
import { formatFindings } from "../printing/findings";
import { formatHeading } from "../printing/heading";
import { formatHubPublished, formatPublished } from "../printing/published";
import type { RolloutProgress } from "../printing/progress";
import { requireFieldSettings } from "../fieldSettings";
import { createRunner, home } from "../runner";
import { findSigningKey } from "../signingKey";
import { sealedOf } from "../sopsKeys";
import { createGateProbe, createPreStager, verifier } from "./askers";
import { ledgerFile } from "./ledgerFile";
import { programParts } from "./programParts";
import type { Asked } from "./request";

/** How often a driver looks at what other processes ask, in milliseconds. */
const requestsEvery = 500;

/** What is to be driven, where to. */
export interface Job {
  readonly loaded: LoadedFleet;
  readonly rollout: Rollout;
  readonly release: Release;
  /** From `planWaves`, or of the run that is taken up again. */
  readonly plan: Plan;
  /** Absolute. */
  readonly out: string;
  readonly options: DrivingOptions;
  /**
   * Takes up a run that has ended: asked once everything is ready, and its answer names the run. Undefined starts or
   * resumes.
   */
  readonly takeUp?: (ledger: Ledger, inputs: TakeUpInputs) => Promise<Asked>;
}

export type TakeUpInputs = Pick<RolloutRun, "fleet" | "release" | "signers" | "programDigest"> & {
  readonly successes: ReadonlyMap<string, SiteSuccess>;
};

/** Drives a rollout with everything that this machine has, and tells what happens. */
export async function drive(io: Io, job: Job, progress: RolloutProgress, interrupts: Interrupts): Promise<Driven> {
  const { loaded, rollout, release, plan, out, options } = job;
  const { fleet, folder, warnings } = loaded;
  const taken = new Set(plan.waves.flatMap((wave) => wave.sites));
  requireFieldSettings(
    io,
    fleet.sites.filter(({ name }) => taken.has(name)),
  );
  const colors = colorsOf(io);
  const engine = await chooseEngine(options.engine, io.env);
  print(io, formatHeading(fleet, release, plan, colors));
  print(io, colors.dim(`engine: ${engine.name} ${engine.version} (${engine.reason})`));
  if (warnings.length > 0) print(io, formatFindings(warnings, colors));

  await claimOutFolder(out, fleet.name);
  const passphrase = await findPassphrase(io.env, out);
  if (passphrase.generated !== undefined) {
    print(io, colors.dim(`passphrase: made for the stacks' secrets, kept in ${relative(io, passphrase.generated)}`));
  }
  const signing = await findSigningKey(options.signingKey, io.cwd, out);
  if (signing.generated) {
    print(io, colors.dim(`signing key: made for releases, kept in ${relative(io, signing.file)}`));
  }
  const git = path.join(out, "git");
  const hub = await hubGit(io, fleet, out);
  const ledger = await openLedger(ledgerFile(out));
  const floor = options.memoryFloor;
  const runner = createRunner({
    engine,
    passphrase,
    env: io.env,
    out,
    fleetFolder: folder,
    ...(floor === undefined ? {} : { memoryFloorMiB: wholeNumber("--memory-floor", floor, 0) }),
  });
  try {
    const inputs = {
      fleet,
      release,
      signers: [signing.key.publicKey],
      programDigest: await programDigest(home, programParts),
    };
    const sealed = await sealedOf(out, fleet.sites);
    const publish = async (each: Release) => {
      const signal = interrupts.stop;
      const { sites, overrides, imageSigning, policy } = fleet;
      const names = sites.map(({ name }) => name);
      const onHub = hub && { hub, fleet: fleet.name, release: each.name, sites: names, directory: git, signal };
      if (onHub !== undefined) await adoptFromHub(onHub);
      const done = await publishRelease({
        fleet,
        release: each,
        sites,
        overrides,
        sealed,
        hub: fleet.hub,
        imageSigning,
        policy,
        directory: git,
        signer: signing.key,
        signal,
      });
      for (const line of formatPublished(done, colors)) progress.note(line);
      if (onHub === undefined) return;
      for (const line of formatHubPublished(await publishToHub(onHub), fleet.hub.gitUrl, colors)) progress.note(line);
    };
    const run: RolloutRun = {
      ...inputs,
      rollout,
      plan,
      runner,
      promoter: hub === undefined ? new DeployBranchPromoter(git) : new HubPromoter({ hub, directory: git }),
      probe: createGateProbe({ io, out, fleetFolder: folder, git, hub }),
      preStager: createPreStager({ io, out, git }),
      ledger,
      clock: systemClock,
      requestsEvery,
      verify: verifier(folder),
      signal: interrupts.stop,
      hardSignal: interrupts.hardStop,
      // Content is in place at every site before the first wave starts, that of the releases on the way too.
      prepare: async () => {
        await runner.prepare();
        for (const hop of await releasesOnTheWay(ledger, job)) await publish(hop);
        await publish(release);
      },
      onEvent: progress.onEvent,
      onProgress: progress.onResources,
    };
    if (job.takeUp === undefined) return { state: await runRollout(run), engine };
    const taken = await job.takeUp(ledger, { ...inputs, successes: await ledger.successes() });
    for (const event of taken.events) progress.onEvent(event, taken.state);
    return { state: await continueRollout(run, taken.state.run), engine };
  } finally {
    await runner.close();
    ledger.close();
  }
}

/** What a drive ends with. */
export interface Driven {
  readonly state: RolloutState;
  readonly engine: EngineChoice;
}

/** Oldest first, as they have to be published. */
async function releasesOnTheWay(ledger: Ledger, { loaded: { fleet }, release, plan }: Job): Promise<Release[]> {
  const names = new Set<string>();
  for (const { release: from } of (await ledger.successes()).values()) {
    for (const hop of wayBetween(from, release, fleet.releases, plan.catchUp.maxHops).hops ?? []) names.add(hop);
  }
  return fleet.releases.filter(({ name }) => names.has(name)).toSorted((a, b) => (a.date < b.date ? -1 : 1));
}

/** A path for people, relative to where they are if it is below. */
export function relative(io: Io, file: string): string {
  const short = path.relative(io.cwd, file);
  return short.startsWith("..") ? file : short;
}

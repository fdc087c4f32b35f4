import { stat } from "node:fs/promises";
import path from "node:path";
import type { Fleet } from "../../../fleet/model";
import {
  type ChangesExchange,
  SiteTooLarge,
  takeOverChanges,
  type SiteTakeOver,
} from "../../../gitops/changes/exchange";
import { deployedObjects, keptBySites, sharedObjects, type SharedObject } from "../../../gitops/changes/keptObjects";
import { deployRepository, fleetRepository } from "../../../gitops/git/repository";
import { GiteaApi } from "../../../gitops/gitea/api";
import { GiteaClient } from "../../../gitops/gitea/client";
import { fleetRepositoryName, siteRepositoryName } from "../../../gitops/hub/names";
import { type HubGit, hubRemote } from "../../../gitops/hub/remotes";
import { RemoteFailed } from "../../../gitops/git/remoteFailure";
import { inLanes } from "../../../gitops/lanes";
import { exitCode, type ExitCode } from "../../exitCodes";
import { credentialStore, hubGit } from "../../hub";
import { listenForInterrupts } from "../../interrupt";
import { print, printJson, colorsOf, type Io } from "../../io";
import { chooseSite, loadFleet } from "../../load";
import { outFolder, withFleet, withJson, withOut, withSigningKey, type OutputOptions } from "../../options";
import { claimOutFolder } from "../../outFolder";
import { formatShared, formatTakeOver } from "../../printing/takeOver";
import type { AddCommand } from "../../program";
import { findSigningKey } from "../../signingKey";

interface MergeOptions extends OutputOptions {
  readonly signingKey?: string;
}

/** What became of one site; `failed` if it could not be looked at. */
type Result =
  (SiteTakeOver & { readonly shared: readonly SharedObject[] }) | { readonly site: string; readonly failed: string };

/** `edgewave git merge [SITE...]`: takes over what sites changed, into the branch `sites` of the fleet's repository. */
export const addMerge: AddCommand = (git, io, done) => {
  const command = git
    .command("merge")
    .description(
      "take over what sites changed: what merges goes to the branch sites, what does not to conflicts/SITE/...",
    )
    .argument("[sites...]", "which sites (default: all)");
  withJson(withSigningKey(withOut(withFleet(command)))).action(async (sites: string[], options: MergeOptions) =>
    done(await merge(io, sites, options)),
  );
};

async function merge(io: Io, named: readonly string[], options: MergeOptions): Promise<ExitCode> {
  const { fleet } = await loadFleet(io, options);
  const sites =
    named.length === 0 ? fleet.sites.map(({ name }) => name) : named.map((name) => chooseSite(fleet, name).name);
  const out = outFolder(io, options, fleet.name);
  await claimOutFolder(out, fleet.name);
  const hub = await hubGit(io, fleet, out);
  const { key: signer } = await findSigningKey(options.signingKey, io.cwd, out);
  const interrupts = listenForInterrupts(io);
  const api = hub === undefined ? undefined : await publisherApi(fleet, out, interrupts.stop);
  const directory = path.join(out, "git");
  const exchange: ChangesExchange = {
    directory,
    fleet: hub && hubRemote(hub, fleetRepositoryName(fleet.name)),
    siteRemote: (site) => remoteOf(site, hub, directory),
    ...(api === undefined
      ? {}
      : { sizeOf: async (site) => (await api.repository(siteRepositoryName("site", site)))?.size }),
    signer,
    signal: interrupts.stop,
  };
  try {
    // One after the other: all of them move the same branch.
    const results = await inLanes(sites, 1, (site) => takeOverOne(exchange, site, hub === undefined));
    interrupts.stop.throwIfAborted();
    const all = results.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    });
    if (options.json) printJson(io, { sites: all });
    else for (const result of all) printResult(io, result);
    const clean = all.every((result) => !("failed" in result) && result.open.length === 0 && !hasRefused(result));
    return clean ? exitCode.done : exitCode.failed;
  } finally {
    api?.client.close();
    interrupts.dispose();
  }
}

async function takeOverOne(exchange: ChangesExchange, site: string, isLocal: boolean): Promise<Result> {
  if (isLocal && !(await isThere(exchange.siteRemote(site).url))) {
    return { site, changes: [], refs: [], more: false, open: [], shared: [] };
  }
  try {
    const taken = await takeOverChanges(exchange, site);
    return { ...taken, shared: await sharedBy(exchange.directory, site) };
  } catch (error) {
    // One site's trouble keeps no other one waiting; a hub that is not there is everybody's.
    const isOnes = error instanceof SiteTooLarge || (error instanceof RemoteFailed && error.state === "missing");
    if (isOnes) return { site, failed: error.message };
    throw error;
  }
}

/** What both of a site's repositories own, by what is promoted to it and what it pushed last. */
async function sharedBy(directory: string, site: string): Promise<readonly SharedObject[]> {
  const own = (await keptBySites(fleetRepository(directory), [site])).get(site);
  if (own === undefined || own.size === 0) return [];
  return sharedObjects(await deployedObjects(deployRepository(directory, site), site), own);
}

function remoteOf(site: string, hub: HubGit | undefined, directory: string) {
  const name = siteRepositoryName("site", site);
  return hub === undefined ? { url: path.join(directory, `${name}.git`) } : hubRemote(hub, name);
}

async function publisherApi({ hub }: Fleet, out: string, signal: AbortSignal): Promise<GiteaApi | undefined> {
  const credential = await credentialStore(out).get("publisher");
  if (credential === undefined) return undefined;
  const login = { token: credential.token };
  return new GiteaApi(new GiteaClient({ url: hub.gitUrl, login, authority: hub.gitAuthority }, { signal }));
}

const hasRefused = ({ changes }: SiteTakeOver): boolean => changes.some(({ outcome }) => outcome === "refused");

function printResult(io: Io, result: Result): void {
  const colors = colorsOf(io);
  if ("failed" in result) print(io, colors.red(`${result.site}: ${result.failed}`));
  else for (const line of [...formatTakeOver(result, colors), ...formatShared(result, colors)]) print(io, line);
}

async function isThere(folder: string): Promise<boolean> {
  return await stat(folder).then(
    () => true,
    () => false,
  );
}

import { readFile } from "node:fs/promises";
import path from "node:path";
import type { GateProbe } from "../../rollout/gates/probe";
import type { PreStager } from "../../rollout/preStage";
import { ifThere } from "../../rollout/runner/ifThere";
import { createPreStager as preStager, createProbe } from "../../probes";
import { fetchSiteRepository } from "../../gitops/hub/siteRepository";
import type { HubGit } from "../../gitops/hub/remotes";
import type { Io } from "../io";
import { kubeconfigFolder } from "../kubeconfigs";

export { verifier } from "./approvals";

/** Where gates and proofs find what they ask. All paths are absolute. */
export interface AskerPlaces {
  readonly io: Io;
  readonly out: string;
  readonly fleetFolder: string;
  /** The folder that stands for the hub's Git. */
  readonly git: string;
  /** The hub's Git, if releases are published there. */
  readonly hub?: HubGit | undefined;
}

/** Asks gates. A kubeconfig that somebody put beside the fleet is the hub's own, and so may start programs. */
export function createGateProbe({ io, out, fleetFolder, git, hub }: AskerPlaces): GateProbe {
  const folder = path.resolve(io.cwd, kubeconfigFolder(io.env, fleetFolder));
  return createProbe({
    kubeconfigOf: async ({ name }) => {
      const text = (await textOf(path.join(folder, name))) ?? (await textOf(path.join(folder, `${name}.yaml`)));
      return text === undefined ? undefined : { text, trusted: true };
    },
    gitDirectory: git,
    ...(hub === undefined ? {} : { fetchSite: (site, signal) => fetchSiteRepository(git, hub, site, signal) }),
    outputDirectory: out,
    fleetDirectory: fleetFolder,
    env: io.env,
  });
}

/** Looks for content at bastions, whose authority is the one that was rendered for the site. */
export function createPreStager({ io, out, git }: Omit<AskerPlaces, "fleetFolder">): PreStager {
  const credentials = io.env["EDGEWAVE_BASTION_CREDENTIALS_FILE"];
  return preStager({
    gitDirectory: git,
    registryOf: async ({ name }) => ({
      caFile: path.join(out, "sites", name, "images", "site-ca.pem"),
      credentialsFile: credentials === undefined ? undefined : path.resolve(io.cwd, credentials),
    }),
  });
}

function textOf(file: string): Promise<string | undefined> {
  return ifThere(() => readFile(file, "utf8"));
}

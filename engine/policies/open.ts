import { resolve } from "node:path";

import { EngineError } from "../errors";
import type { Run } from "../deployment/run";
import { packConfig, readPolicyConfig } from "./config";
import { PolicyPack } from "./pack";
import { Policies } from "./policies";
import type { PackContext } from "./start";

/**
 * Starts and configures the packs of `--policy-pack`, each with the file at its place in `--policy-pack-config`.
 *
 * @returns `undefined` if there are none. @throws if one cannot start; the others have then been ended.
 */
export async function openPolicies(
  run: Run,
  given: { readonly folder: string; readonly packs: readonly string[]; readonly configs: readonly string[] },
  context: PackContext,
): Promise<Policies | undefined> {
  if (given.configs.length > given.packs.length) {
    throw new EngineError(`the number of policy-pack-config flags exceeds the number of policy-pack flags`);
  }
  const packs: PolicyPack[] = [];
  try {
    for (const [i, folder] of given.packs.entries()) {
      const pack = await PolicyPack.start(resolve(given.folder, folder), context);
      packs.push(pack);
      const config = given.configs[i];
      const settings = config === undefined ? new Map() : await readPolicyConfig(resolve(given.folder, config));
      await pack.configure(packConfig(pack.info, settings));
    }
  } catch (error) {
    packs.forEach((pack) => pack.close());
    throw error;
  }
  const { observer } = run.options;
  return packs.length === 0
    ? undefined
    : new Policies(packs, observer, (urn) => run.news.get(urn) ?? run.olds.get(urn));
}

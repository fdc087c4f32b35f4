import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { ResolvedSite } from "../../fleet/model";
import { profileOf } from "../../profiles";
import { checkedSite } from "../names";
import type { SealedFile } from "../render/additions";
import { servicesOf } from "../render/services";
import { generatedSecrets, type GeneratedGroup } from "./generated";
import { readSealed, sealedText, sealSecret } from "./seal";
import { sealedProblem } from "./sealedProblem";

/** What decides the generated secrets of one site. */
export interface SealingInputs {
  /** Absolute path; holds only what is encrypted. */
  readonly folder: string;
  readonly site: ResolvedSite;
  /** The site's age recipient. */
  readonly recipient: string;
  readonly now: () => Date;
}

/**
 * The encrypted secrets that a site's services need, from a folder in which they are made once. What is there and is
 * encrypted for the site is given as it is, so that a release that has not changed makes no commit; a group of which
 * one is missing, or is for another recipient, is made anew with new credentials.
 */
export async function sealedFor(inputs: SealingInputs): Promise<readonly SealedFile[]> {
  const { site, folder } = inputs;
  const services = servicesOf(site, profileOf(site.profile));
  const groups = generatedSecrets(services, () => randomBytes(24).toString("base64url"));
  const own = path.join(folder, checkedSite(site.name));
  const all = await Promise.all(groups.map((group) => sealedGroup(inputs, own, group)));
  return all.flat().map(({ namespace, name, text }) => {
    const service = services.find((one) => one.namespace === namespace);
    if (service === undefined) throw new Error(`No service of ${site.name} has the namespace ${namespace} of ${name}.`);
    return { service: service.name, file: `${name}.yaml`, text };
  });
}

interface Kept {
  readonly namespace: string;
  readonly name: string;
  readonly text: string;
}

async function sealedGroup(inputs: SealingInputs, own: string, { secrets }: GeneratedGroup): Promise<readonly Kept[]> {
  const files = secrets.map(({ metadata }) => path.join(own, `${metadata.namespace}.${metadata.name}.yaml`));
  const texts = await Promise.all(files.map((file) => usable(file, inputs.recipient)));
  const kept = texts.every((text) => text !== undefined)
    ? texts
    : await Promise.all(
        secrets.map(async (secret) => sealedText(await sealSecret(secret, inputs.recipient, inputs.now()))),
      );
  if (kept !== texts) {
    await mkdir(own, { recursive: true });
    // Each file is whole or not there; a kill in between leaves a group that is made anew.
    await Promise.all(files.map((file, index) => writeFileAtomic(file, kept[index] ?? "")));
  }
  return secrets.map(({ metadata: { namespace, name } }, index) => ({ namespace, name, text: kept[index] ?? "" }));
}

/** The text of a file that is there and is what it says; undefined asks for a new one. */
async function usable(file: string, recipient: string): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  return sealedProblem(readSealed(text), recipient) === undefined ? text : undefined;
}

import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import type { ResolvedSite } from "../fleet/model";
import { inLanes } from "../gitops/lanes";
import type { SealedFile } from "../gitops/render/additions";
import { sealedFor } from "../gitops/sops/sealedFolder";
import { ifThere } from "../rollout/runner/ifThere";
import { NoSiteKey, siteKey, siteKeyFile, siteKeyFolder } from "../stacks/siteKey";
import { makeSecretFile } from "./secretFile";
import { UserError } from "./userError";

/** Folder of what is encrypted for the sites and goes to Git. */
const sealedFolder = (out: string): string => path.join(out, "sealed");

async function keptKey(out: string, site: ResolvedSite): Promise<string | undefined> {
  try {
    return await siteKey(out, site);
  } catch (error) {
    if (!(error instanceof NoSiteKey)) throw error;
    throw new UserError(
      "EDGE-CLI-070",
      `${error.file} holds no age key`,
      "Put the site's key back; its secrets need it.",
    );
  }
}

/**
 * Age recipients by site: what the site's file says, else that of the key that edgewave keeps. Makes nothing; sites of
 * which neither is there are left out.
 * @param out absolute.
 */
export async function knownRecipients(out: string, sites: readonly ResolvedSite[]): Promise<Map<string, string>> {
  const recipients = new Map<string, string>();
  for (const site of sites) {
    const { name, sops } = site;
    const identity = await keptKey(out, site);
    const recipient = sops?.recipient ?? (identity === undefined ? undefined : await identityToRecipient(identity));
    if (recipient !== undefined) recipients.set(name, recipient);
  }
  return recipients;
}

/**
 * As `knownRecipients`, and a key is made for each site that has none.
 * @throws UserError if a site's key is gone while there is something that was encrypted for it.
 */
export async function recipientsOf(out: string, sites: readonly ResolvedSite[]): Promise<Map<string, string>> {
  const known = await knownRecipients(out, sites);
  const missing = sites.filter(({ name }) => !known.has(name));
  if (missing.length === 0) return known;
  const sealed = new Set((await ifThere(() => readdir(sealedFolder(out)))) ?? []);
  const lost = missing.find(({ name }) => sealed.has(name));
  if (lost !== undefined) {
    throw new UserError(
      "EDGE-CLI-071",
      `the age key of site ${lost.name} is gone, and secrets were encrypted for it`,
      `Put ${siteKeyFile(out, lost.name)} back. If it is lost, remove ${path.join(sealedFolder(out), lost.name)}: a new key ` +
        "and new credentials are made, and the site needs `edgewave site up` before it can read them.",
    );
  }
  await mkdir(siteKeyFolder(out), { recursive: true, mode: 0o700 });
  for (const site of missing) {
    const { name } = site;
    await makeSecretFile(siteKeyFile(out, name), `${await generateX25519Identity()}\n`);
    const identity = await keptKey(out, site);
    if (identity !== undefined) known.set(name, await identityToRecipient(identity));
  }
  return known;
}

/** The encrypted secrets of all sites' services, made where they are missing. */
export async function sealedOf(
  out: string,
  sites: readonly ResolvedSite[],
): Promise<ReadonlyMap<string, readonly SealedFile[]>> {
  const recipients = await recipientsOf(out, sites);
  const now = () => new Date();
  const results = await inLanes(sites, 8, async (site) => {
    const recipient = recipients.get(site.name) ?? "";
    return [site.name, await sealedFor({ folder: sealedFolder(out), site, recipient, now })] as const;
  });
  return new Map(
    results.map((result) => {
      if (result.status === "rejected") throw result.reason as Error;
      return result.value;
    }),
  );
}

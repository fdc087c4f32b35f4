import { stat } from "node:fs/promises";
import path from "node:path";
import { siteReport } from "../../components/reporter/address";
import { batchedObjects, type GitObject } from "../../gitops/git/batch";
import { GitFailed, gitBytes } from "../../gitops/git/run";
import { checkedSite } from "../../gitops/names";
import { readAllowedSigners } from "../../signing/allowedSigners";
import { matchesPatternList } from "../../signing/patternList";
import { isSignatureOver, readSshSignature } from "../../signing/sshsig";
import { readReport } from "./form";
import type { Reading } from "./judge";

export interface ReportPlace {
  /** The bare repository that has the branch. */
  readonly repository: string;
  /** Such as `refs/heads/status`. */
  readonly ref: string;
  /** Path of the report in it; its signature is beside it and ends in `.sig`. */
  readonly file: string;
}

/** Where the folder that stands for the hub has the reports of a site. @throws UnsafeName */
export function reportPlace(gitDirectory: string, site: string): ReportPlace {
  const repository = path.join(gitDirectory, "site", `${checkedSite(site)}.git`);
  return { repository, ref: `refs/heads/${siteReport.branch}`, file: siteReport.file };
}

/** Of a signature; those of the usual keys have less than 4 KiB. */
const longestSignature = 16 * 1024;
/** Of all that is read at once: the report, its signature, and Git's lines about them. */
const mostOutput = siteReport.mostBytes + longestSignature + 4096;

/**
 * Reads the newest report of a site, and takes it only with a good signature for this site. Nothing in it is trusted; it
 * is bounded before it is read.
 * @param signers text of an `allowed_signers` file (ssh-keygen(1)); undefined if the site has no key yet
 * @throws GitFailed if the repository cannot be read
 */
export async function readSiteReport(place: ReportPlace, site: string, signers: string | undefined): Promise<Reading> {
  if (!(await isThere(place.repository))) return { kind: "none" };
  const found = await readFiles(place);
  if ("why" in found) return { kind: "unusable", why: found.why };
  const { text, signature } = found;
  if (text === undefined) return { kind: "none" };
  if (signers === undefined) {
    return {
      kind: "unusable",
      why: "its key is not known here, so its reports do not count; roll it out from here once",
    };
  }
  const problem = signatureProblem(text, signature, site, signers);
  if (problem !== undefined) return { kind: "unusable", why: `its report does not count: ${problem}` };
  const report = readReport(text.toString("utf8"), site);
  return "why" in report ? { kind: "unusable", why: `its report ${report.why}` } : { kind: "report", report };
}

/** What is wrong with a report's signature, as a clause; undefined if nothing is. */
export function signatureProblem(
  text: Buffer,
  armoured: Buffer | undefined,
  site: string,
  signers: string,
): string | undefined {
  if (armoured === undefined) return "it is not signed";
  const signature = readSshSignature(armoured.toString("latin1"));
  if (signature === undefined) return "its signature is none";
  const allowed = readAllowedSigners(signers).signers.filter(
    ({ principals, namespaces }) =>
      matchesPatternList(site, principals) &&
      (namespaces === undefined || matchesPatternList(siteReport.namespace, namespaces)),
  );
  const signer = allowed.find(({ key }) => key.blob.equals(signature.publicBlob));
  if (signer === undefined) return "it is signed by a key that is not the site's";
  if (signature.namespace !== siteReport.namespace)
    return `its signature is for ${JSON.stringify(signature.namespace)}`;
  const now = Date.now();
  if (now < (signer.validAfter ?? -Infinity) || now > (signer.validBefore ?? Infinity)) {
    return "it is signed by a key that does not count at this time";
  }
  return isSignatureOver(text, signature, signer.key) ? undefined : "its signature is over something else";
}

interface Files {
  readonly text: Buffer | undefined;
  readonly signature: Buffer | undefined;
}

/** Both files of one commit, by one process. */
async function readFiles({ repository, ref, file }: ReportPlace): Promise<Files | { readonly why: string }> {
  // One tree for both: between two looks the site may push its next report.
  const wanted = `${ref}:${file}\n${ref}:${file}.sig\n`;
  for (let attempt = 1; ; attempt += 1) {
    const found = await batch(repository, `${ref}^{commit}\n${wanted}${ref}^{commit}\n`);
    const [before, text, signature, after] = found ?? [];
    if (found === undefined || (text?.content.length ?? 0) > siteReport.mostBytes) {
      return { why: `its report has more than ${siteReport.mostBytes} bytes` };
    }
    if (before?.id === after?.id || attempt === 3) return { text: blobOf(text), signature: blobOf(signature) };
  }
}

const blobOf = (object: GitObject | undefined): Buffer | undefined =>
  object?.type === "blob" ? object.content : undefined;

/** Objects by name, in the order that is asked for; undefined for one that is not there, and for all if they are too large. */
async function batch(repository: string, names: string): Promise<readonly (GitObject | undefined)[] | undefined> {
  const output = await gitBytes(repository, ["cat-file", "--batch"], names, { mostOutput }).catch((error: unknown) => {
    if (error instanceof GitFailed && (error.cause as { isMaxBuffer?: boolean }).isMaxBuffer === true) return undefined;
    throw error;
  });
  return output && batchedObjects(output);
}

async function isThere(folder: string): Promise<boolean> {
  return await stat(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

import { opendir } from "node:fs/promises";
import path from "node:path";
import { readBounded } from "../../web/credentialFiles";
import { certificatesIn, type FoundCertificate } from "./certificate";

/** A site has a few hundred files. */
const mostFiles = 20_000;

/**
 * All certificates in PEM among the files of a folder; links are not followed. None if the folder is not there.
 * @throws Error if not all files can be read, so that none is passed over in silence.
 */
export async function renderedCertificates(folder: string, signal: AbortSignal): Promise<FoundCertificate[]> {
  const found: FoundCertificate[] = [];
  let files = 0;
  const walk = async (directory: string): Promise<void> => {
    for await (const entry of await opendir(directory)) {
      signal.throwIfAborted();
      const full = path.join(directory, entry.name);
      if (entry.isDirectory()) await walk(full);
      if (!entry.isFile()) continue;
      files += 1;
      if (files > mostFiles) throw new Error(`${folder} has more than ${mostFiles} files`);
      const text = (await readBounded(full)).toString("latin1");
      found.push(...certificatesIn(path.relative(folder, full), text));
    }
  };
  await walk(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" || error.path !== folder) throw error;
  });
  return found;
}

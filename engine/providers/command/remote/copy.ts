import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { SFTPWrapper } from "ssh2";
import type { PropertyMap } from "../../../property/value";
import { ProviderError } from "../../failure";
import type { CallContext } from "../../provider";
import { readConnection } from "./connection";
import { dial } from "./dial";
import type { FileSource, Source } from "./source";

/** A file that is not there, in SFTP's status codes. */
const noSuchFile = 2;

/**
 * Uploads a source to a path on the host of `inputs`. Missing folders above it are made; a file that is there is
 * overwritten; a folder that is there gets the file or the folder under its own name.
 *
 * @param options.makeFolders false to fail where folders are missing, as CopyFile does.
 * @throws ProviderError if the host cannot be reached or the file cannot be read or written.
 */
export async function upload(
  source: Source,
  remotePath: string,
  inputs: PropertyMap,
  context: CallContext,
  options: { readonly makeFolders: boolean },
): Promise<void> {
  const connection = readConnection(inputs);
  const link = await dial(connection, context);
  const cancel = (): void => link.close();
  context.signal.addEventListener("abort", cancel, { once: true });
  try {
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
      link.client.once("close", () => reject(new Error("the connection broke")));
      link.client.sftp((error, session) => (error ? reject(error) : resolve(session)));
    });
    await send(sftp, source, remotePath, options.makeFolders, context.signal);
  } catch (error) {
    if (context.signal.aborted) throw new Error("the copy was cancelled", { cause: context.signal.reason });
    if (error instanceof ProviderError) throw error;
    throw new ProviderError(
      "EDGE-COMMAND-008",
      `${remotePath} on ${connection.host} cannot be written: ${(error as Error).message}`,
      "Check the path, its owner and the space there",
      { cause: error },
    );
  } finally {
    context.signal.removeEventListener("abort", cancel);
    link.close();
  }
}

async function send(
  sftp: SFTPWrapper,
  source: Source,
  wanted: string,
  makeFolders: boolean,
  signal: AbortSignal,
): Promise<void> {
  if ("read" in source) {
    const target = await targetOf(sftp, source, wanted, makeFolders);
    await pipeline(source.read(), sftp.createWriteStream(target), { signal });
    return;
  }
  const folder = source.name === undefined ? wanted : path.posix.join(wanted, source.name);
  await makeFolder(sftp, folder);
  for await (const { path: below, read } of source.files()) {
    const target = path.posix.join(folder, below);
    await makeFolder(sftp, path.posix.dirname(target));
    await pipeline(read(), sftp.createWriteStream(target), { signal });
  }
}

async function targetOf(sftp: SFTPWrapper, source: FileSource, wanted: string, makeFolders: boolean): Promise<string> {
  const kind = await kindAt(sftp, wanted);
  if (kind === "folder" && makeFolders) {
    if (source.name !== undefined) return path.posix.join(wanted, source.name);
    throw new ProviderError(
      "EDGE-COMMAND-008",
      `remotePath ${wanted} is a folder, and what is copied has no name of its own`,
      "Give remotePath the name of the file too",
    );
  }
  if (kind === "nothing" && makeFolders) await makeFolder(sftp, path.posix.dirname(wanted));
  return wanted;
}

async function makeFolder(sftp: SFTPWrapper, folder: string): Promise<void> {
  const kind = await kindAt(sftp, folder);
  if (kind === "folder") return;
  if (kind === "file") throw new Error(`${folder} is a file and no folder`);
  const above = path.posix.dirname(folder);
  if (above !== folder) await makeFolder(sftp, above);
  await new Promise<void>((resolve, reject) => {
    sftp.mkdir(folder, (error) => (error ? reject(error) : resolve()));
  });
}

async function kindAt(sftp: SFTPWrapper, at: string): Promise<"file" | "folder" | "nothing"> {
  return await new Promise((resolve, reject) => {
    sftp.stat(at, (error, found) => {
      if (!error) resolve(found.isDirectory() ? "folder" : "file");
      else if ((error as { readonly code?: unknown }).code === noSuchFile) resolve("nothing");
      else reject(error);
    });
  });
}

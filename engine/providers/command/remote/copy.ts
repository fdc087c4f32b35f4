import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { SFTPWrapper } from "ssh2";
import type { AssetOrArchive, PropertyMap } from "../../../property/value";
import { ProviderError } from "../../failure";
import type { CallContext } from "../../provider";
import { surroundingsOf } from "../../surroundings";
import { readConnection } from "./connection";
import { dial } from "./dial";

/** What is uploaded: text, or a file at an absolute path. */
export type Source = { readonly text: string } | { readonly file: string };

/** A file that is not there, in SFTP's status codes. */
const noSuchFile = 2;

/**
 * Uploads a source to a path on the host of `inputs`. Missing folders above it are made; a file that is there is
 * overwritten; a folder that is there gets the file under its own name.
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
  if ("file" in source) await requireFile(source.file);
  const connection = readConnection(inputs);
  const link = await dial(connection, context);
  const cancel = (): void => link.close();
  context.signal.addEventListener("abort", cancel, { once: true });
  try {
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
      link.client.once("close", () => reject(new Error("the connection broke")));
      link.client.sftp((error, session) => (error ? reject(error) : resolve(session)));
    });
    const target = await targetOf(sftp, source, remotePath, options.makeFolders);
    const writer = sftp.createWriteStream(target);
    const reader = "text" in source ? Readable.from([Buffer.from(source.text)]) : createReadStream(source.file);
    await pipeline(reader, writer, { signal: context.signal });
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

/** The source behind a checked asset; see `inputs.ts` for those that are refused. */
export function sourceOf(asset: AssetOrArchive, context: CallContext): Source {
  const { source } = asset;
  if ("text" in source) return { text: source.text };
  if ("path" in source) return { file: path.resolve(surroundingsOf(context).directory, source.path) };
  throw new ProviderError("EDGE-COMMAND-002", "the source is neither text nor a file", "Pass a file or text as asset");
}

async function requireFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return;
  throw new ProviderError(
    "EDGE-COMMAND-008",
    `${file} ${found === undefined ? "is not there" : "is no file"}, so it cannot be copied`,
    "Name a file that exists, from the project's folder on or by its absolute path",
  );
}

async function targetOf(sftp: SFTPWrapper, source: Source, wanted: string, makeFolders: boolean): Promise<string> {
  const kind = await kindAt(sftp, wanted);
  if (kind === "folder" && makeFolders) {
    if ("file" in source) return path.posix.join(wanted, path.basename(source.file));
    throw new ProviderError(
      "EDGE-COMMAND-008",
      `remotePath ${wanted} is a folder, and text has no name of its own`,
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

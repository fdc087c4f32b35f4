import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";

import { archiveBytes, archiveFiles } from "../../../assets/archive";
import { uriContent, urlOf } from "../../../assets/content";
import type { AssetOrArchive } from "../../../property/value";
import { ProviderError } from "../../failure";
import type { CallContext } from "../../provider";
import { surroundingsOf } from "../../surroundings";

/** One file that is uploaded, with the name that it has in a folder; text has none. */
export interface FileSource {
  readonly name: string | undefined;
  readonly read: () => Readable;
}

/** A file of a folder, by its path in it. */
export interface Uploaded {
  readonly path: string;
  readonly read: () => Readable;
}

/**
 * Files that are uploaded into a folder, by their path in it. Their folder has a name unless only what is in it is meant.
 * A file is read before the next one is asked for.
 */
export interface FolderSource {
  readonly name: string | undefined;
  readonly files: () => AsyncIterable<Uploaded>;
}

export type Source = FileSource | FolderSource;

/**
 * What an asset or archive uploads: text, a file, what a URI gives, a folder with its files, or the files of an archive
 * of assets. A file that is an archive stays packed.
 *
 * @throws ProviderError if a file is not there.
 */
export async function sourceOf(asset: AssetOrArchive, context: CallContext): Promise<Source> {
  const { source } = asset;
  const { directory } = surroundingsOf(context);
  if ("text" in source) {
    const { text } = source;
    return { name: undefined, read: () => Readable.from([Buffer.from(text)]) };
  }
  if ("path" in source) {
    const local = path.resolve(directory, source.path);
    if (asset.kind === "archive" && (await stat(local).catch(() => undefined))?.isDirectory()) {
      const name = source.path.endsWith("/") ? undefined : path.basename(local);
      return { name, files: () => filesBelow(local, "") };
    }
    return fileSource(local);
  }
  if ("uri" in source) {
    const content = asset.kind === "archive" ? await archiveBytes(asset, directory) : await uriContent(source.uri);
    const name = path.posix.basename(urlOf(source.uri).pathname);
    return { name: name === "" ? undefined : name, read: () => content?.stream() ?? Readable.from([]) };
  }
  return { name: undefined, files: () => filesOf(asset, directory) };
}

/** A file by its absolute path. @throws ProviderError if it is not there, or is none. */
export async function fileSource(file: string): Promise<FileSource> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    throw new ProviderError(
      "EDGE-COMMAND-008",
      `${file} ${found === undefined ? "is not there" : "is no file"}, so it cannot be copied`,
      "Name a file that exists, from the project's folder on or by its absolute path",
    );
  }
  return { name: path.basename(file), read: () => createReadStream(file) };
}

async function* filesOf(archive: AssetOrArchive, directory: string): AsyncGenerator<Uploaded> {
  for await (const { name, stream } of archiveFiles(archive, directory)) {
    // What comes from outside must not leave the folder that it is to be put into.
    if (name.startsWith("/") || name.split("/").includes("..")) {
      throw new ProviderError(
        "EDGE-COMMAND-008",
        `the archive holds ${JSON.stringify(name)}, which lies outside of it`,
        "Pack the archive anew, with names below its own folder",
      );
    }
    yield { path: name, read: stream };
  }
}

async function* filesBelow(root: string, below: string): AsyncGenerator<Uploaded> {
  const entries = await readdir(path.join(root, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const at = path.posix.join(below, entry.name);
    if (entry.isDirectory()) yield* filesBelow(root, at);
    else yield { path: at, read: () => createReadStream(path.join(root, at)) };
  }
}

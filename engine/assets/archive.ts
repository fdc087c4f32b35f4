import { lstat, readdir, stat } from "node:fs/promises";
import { join, posix, relative, sep } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createGunzip } from "node:zlib";

import { extract } from "tar-stream";
import type { Entry, ZipFile } from "yauzl";
import { fromBuffer, open as openZip } from "yauzl";

import { EngineError } from "../errors";
import { AssetOrArchive } from "../property/value";
import type { Content } from "./content";
import { assetContent, fileContent, pathOf, uriContent, urlOf } from "./content";

/** A file in an archive. Its content must be read before the next one is asked for. */
export interface ArchiveFile extends Content {
  /** Path in the archive, with slashes. */
  readonly name: string;
}

type Format = "tar" | "tgz" | "zip";

const FORMATS: readonly (readonly [string, Format])[] = [
  [".tar", "tar"],
  [".tgz", "tgz"],
  [".tar.gz", "tgz"],
  [".zip", "zip"],
  [".jar", "zip"],
];

/** What the ending of a path says of its format; `undefined` if it is no archive. */
export function formatOf(path: string): Format | undefined {
  return FORMATS.find(([ending]) => path.endsWith(ending))?.[1];
}

/**
 * The bytes of an archive that lies in one file; `undefined` for folders and archives of assets.
 *
 * Source: `ReadSourceArchive` of `sdk/go/common/resource/archive/archive.go`.
 */
export async function archiveBytes({ source }: AssetOrArchive, directory: string): Promise<Content | undefined> {
  if ("path" in source && formatOf(source.path) !== undefined) {
    return fileContent(pathOf(source.path, directory));
  }
  if ("uri" in source) {
    requireFormat(source.uri);
    return uriContent(source.uri);
  }
  return undefined;
}

function requireFormat(uri: string): Format {
  const format = formatOf(urlOf(uri).pathname);
  if (format === undefined) {
    throw new EngineError(`file at URL '${uri}' is not a recognized archive format`);
  }
  return format;
}

/**
 * The files of an archive: those of a folder and of a map of assets in the order of their names, those of an archive file
 * in its own. Archives in a map give their files, below their name.
 *
 * @param directory where relative paths start.
 * @throws if something cannot be read or is no archive.
 */
export async function* archiveFiles(archive: AssetOrArchive, directory: string): AsyncGenerator<ArchiveFile> {
  const { source } = archive;
  if ("assets" in source) {
    for (const name of Object.keys(source.assets).sort(byBytes)) {
      const part = source.assets[name];
      if (!(part instanceof AssetOrArchive)) {
        throw new EngineError(`archive member '${name}' is not an asset or archive`);
      }
      if (part.kind === "asset") {
        yield { ...(await assetContent(part, directory)), name };
        continue;
      }
      for await (const file of archiveFiles(part, directory)) {
        yield { ...file, name: posix.join(name, file.name) };
      }
    }
  } else if ("path" in source) {
    const path = pathOf(source.path, directory);
    const format = formatOf(path);
    yield* format === undefined ? folderFiles(path) : unpacked(await fileContent(path), format, path);
  } else if ("uri" in source) {
    yield* unpacked(await uriContent(source.uri), requireFormat(source.uri));
  } else {
    throw new EngineError("text is no archive");
  }
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

async function* folderFiles(root: string): AsyncGenerator<ArchiveFile> {
  const found = await stat(root).catch((cause: unknown) => {
    throw new EngineError(`couldn't read archive path '${root}': ${(cause as Error).message}`, { cause });
  });
  if (!found.isDirectory()) {
    throw new EngineError(`'${root}' is neither a recognized archive type nor a directory`);
  }
  // Go's filepath.Walk does not follow a link, so that a linked folder is an empty archive there.
  if (!(await lstat(root)).isSymbolicLink()) {
    yield* walk(root, root);
  }
}

async function* walk(root: string, folder: string): AsyncGenerator<ArchiveFile> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => byBytes(a.name, b.name))) {
    const path = join(folder, entry.name);
    if (entry.name === ".pulumi") {
      continue;
    }
    if (entry.isDirectory()) {
      yield* walk(root, path);
    } else if (!entry.isSymbolicLink() || !(await stat(path)).isDirectory()) {
      yield { ...(await fileContent(path)), name: relative(root, path).split(sep).join("/") };
    }
  }
}

async function* unpacked(content: Content, format: Format, path?: string): AsyncGenerator<ArchiveFile> {
  if (format === "zip") {
    yield* zipFiles(path ?? (await buffer(content.stream())));
    return;
  }
  const packed = content.stream();
  const bytes = format === "tgz" ? packed.pipe(createGunzip()) : packed;
  const tar = extract();
  packed.on("error", (error) => tar.destroy(error));
  bytes.on("error", (error) => tar.destroy(error));
  bytes.pipe(tar);
  for await (const entry of tar) {
    const { name, size = 0, type } = entry.header;
    if (type === "file" || type === "contiguous-file") {
      yield { name: posix.normalize(name), size, stream: () => entry as unknown as Readable };
    } else if (type !== "directory") {
      throw new EngineError(`the archive holds ${name}, which is a ${type ?? "thing of unknown type"} and no file`);
    }
    entry.resume();
  }
}

async function* zipFiles(source: string | Buffer): AsyncGenerator<ArchiveFile> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    const done = (error: Error | null, file?: ZipFile) =>
      file === undefined
        ? reject(new EngineError(`failed to read ZIP: ${error?.message}`, { cause: error }))
        : resolve(file);
    const options = { lazyEntries: true, autoClose: false };
    if (typeof source === "string") {
      openZip(source, options, done);
    } else {
      fromBuffer(source, options, done);
    }
  });
  try {
    for (let entry = await nextEntry(zip); entry !== undefined; entry = await nextEntry(zip)) {
      if (!entry.fileName.endsWith("/")) {
        const stream = await entryStream(zip, entry);
        yield { name: posix.normalize(entry.fileName), size: entry.uncompressedSize, stream: () => stream };
      }
    }
  } finally {
    zip.close();
  }
}

function nextEntry(zip: ZipFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const forget = () => zip.removeAllListeners("entry").removeAllListeners("end").removeAllListeners("error");
    zip.once("entry", (entry: Entry) => (forget(), resolve(entry)));
    zip.once("end", () => (forget(), resolve(undefined)));
    zip.once("error", (error: Error) => (forget(), reject(error)));
    zip.readEntry();
  });
}

function entryStream(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) =>
      stream === undefined ? reject(error ?? new Error("no stream")) : resolve(stream),
    );
  });
}

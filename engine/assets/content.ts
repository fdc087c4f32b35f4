import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";

import { EngineError } from "../errors";
import type { AssetOrArchive } from "../property/value";

/** Bytes with their length, which archives need before the bytes. */
export interface Content {
  readonly size: number;
  readonly stream: () => Readable;
}

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 200;

/**
 * The content of an asset.
 *
 * @param directory where relative paths start.
 * @throws if it cannot be read, or is an archive.
 */
export async function assetContent({ source }: AssetOrArchive, directory: string): Promise<Content> {
  if ("text" in source) {
    const bytes = Buffer.from(source.text);
    return { size: bytes.length, stream: () => Readable.from([bytes]) };
  }
  if ("path" in source) {
    return fileContent(pathOf(source.path, directory));
  }
  if ("uri" in source) {
    return uriContent(source.uri);
  }
  throw new EngineError("an archive is not an asset");
}

export function pathOf(path: string, directory: string): string {
  return isAbsolute(path) ? path : resolve(directory, path);
}

/** @throws if there is no such file, or it is a folder. */
export async function fileContent(path: string): Promise<Content> {
  let found;
  try {
    found = await stat(path);
  } catch (cause) {
    throw new EngineError(`failed to open asset file '${path}': ${reason(cause)}`, { cause });
  }
  if (found.isDirectory()) {
    throw new EngineError(`asset path '${path}' is a directory; try using an archive`);
  }
  if (!found.isFile()) {
    throw new EngineError(`asset path '${path}' is no file`);
  }
  await (await open(path).catch((cause: unknown) => unreadable(path, cause))).close();
  return { size: found.size, stream: () => createReadStream(path) };
}

function unreadable(path: string, cause: unknown): never {
  throw new EngineError(`failed to open asset file '${path}': ${reason(cause)}`, { cause });
}

/** What a URI names: `http`, `https`, or `file` on this host. */
export async function uriContent(uri: string): Promise<Content> {
  const url = urlOf(uri);
  if (url.protocol === "file:") {
    return fileContent(filePathOf(url));
  }
  const bytes = await download(url);
  return { size: bytes.length, stream: () => Readable.from([bytes]) };
}

/** @throws for schemes that nobody serves. */
export function urlOf(uri: string): URL {
  let url: URL;
  try {
    url = new URL(uri);
  } catch (cause) {
    throw new EngineError(`'${uri}' is no URI`, { cause });
  }
  if (!["http:", "https:", "file:"].includes(url.protocol)) {
    throw new EngineError(`Unrecognized or unsupported URI scheme: ${url.protocol.replace(/:$/, "")}`);
  }
  return url;
}

function filePathOf(url: URL): string {
  if (url.host !== "" && url.host !== "localhost") {
    throw new EngineError(`file:// host '${url.host}' not supported (only localhost)`);
  }
  return decodeURIComponent(url.pathname);
}

/** Failures of the network and of the server are tried again; an answer that it is not there is not. */
async function download(url: URL): Promise<Buffer> {
  // A password in the address is nobody's business.
  const shown = `${url.origin}${url.pathname}`;
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(url);
      if (response.ok) {
        return Buffer.from(await response.arrayBuffer());
      }
      await response.body?.cancel();
      if (response.status < 500 || attempt === ATTEMPTS) {
        throw new EngineError(`${shown} cannot be read: the server answered ${response.status} ${response.statusText}`);
      }
    } catch (cause) {
      if (cause instanceof EngineError) {
        throw cause;
      }
      if (attempt === ATTEMPTS) {
        throw new EngineError(`${shown} cannot be read: ${reason((cause as Error).cause ?? cause)}`, { cause });
      }
    }
    await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

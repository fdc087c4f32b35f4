import type { Hash } from "node:crypto";
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";

import { EngineError } from "../errors";
import { isList, isMap, mapValues, secretOf } from "../property/shape";
import type { PropertyMap, PropertyValue } from "../property/value";
import { AssetOrArchive, OutputValue, Secret } from "../property/value";
import { archiveBytes, archiveFiles } from "./archive";
import type { Content } from "./content";
import { assetContent } from "./content";
import { padding, tarEnd, tarHeader } from "./goTar";

/**
 * The map with the SHA-256 of each asset's and archive's content filled in, so that a change of a file is a change of the
 * resource.
 *
 * @param directory where relative paths start: the program's folder.
 * @throws if one cannot be read.
 */
export async function hashAssets(map: PropertyMap, directory: string): Promise<PropertyMap> {
  if (!Object.values(map).some(hasUnhashed)) {
    return map;
  }
  return (await hashValue(map, directory)) as PropertyMap;
}

function hasUnhashed(value: PropertyValue): boolean {
  if (value instanceof AssetOrArchive) {
    return value.hash === "";
  }
  if (value instanceof Secret || value instanceof OutputValue) {
    return hasUnhashed(value.element);
  }
  if (isList(value)) {
    return value.some(hasUnhashed);
  }
  return isMap(value) && Object.values(value).some(hasUnhashed);
}

async function hashValue(value: PropertyValue, directory: string): Promise<PropertyValue> {
  if (value instanceof AssetOrArchive) {
    return value.hash === "" ? hashAsset(value, directory) : value;
  }
  if (value instanceof Secret) {
    return secretOf(await hashValue(value.element, directory));
  }
  if (value instanceof OutputValue) {
    const element = await hashValue(value.element, directory);
    return new OutputValue(element, value.known, value.secret, value.dependencies);
  }
  if (isList(value)) {
    return Promise.all(value.map((item) => hashValue(item, directory)));
  }
  if (isMap(value)) {
    const entries = await Promise.all(
      Object.entries(value).map(async ([key, item]) => [key, await hashValue(item, directory)] as const),
    );
    const hashed = new Map(entries);
    return mapValues(value, (_, key) => hashed.get(key));
  }
  return value;
}

async function hashAsset(asset: AssetOrArchive, directory: string): Promise<AssetOrArchive> {
  const { kind, source } = asset;
  if (kind === "asset") {
    const content = await assetContent(asset, directory);
    return new AssetOrArchive(kind, await hashOf(content), source);
  }
  return hashArchive(source, directory);
}

/** An archive of a source, with its hash; the parts of a map have hashes of their own. */
export async function hashArchive(source: AssetOrArchive["source"], directory: string): Promise<AssetOrArchive> {
  const whole = "assets" in source ? { assets: await hashAssets(source.assets, directory) } : source;
  const archive = new AssetOrArchive("archive", "", whole);
  const bytes = await archiveBytes(archive, directory);
  const hash = bytes === undefined ? await tarHash(archive, directory) : await hashOf(bytes);
  return new AssetOrArchive("archive", hash, whole);
}

async function hashOf({ size, stream }: Content): Promise<string> {
  const hash = createHash("sha256");
  await feed(hash, stream(), size);
  return hash.digest("hex");
}

/** The hash of the tar file that the archive would be. */
async function tarHash(archive: AssetOrArchive, directory: string): Promise<string> {
  const hash = createHash("sha256");
  const seen = new Set<string>();
  for await (const { name, size, stream } of archiveFiles(archive, directory)) {
    // A file may come twice, by itself and with its folder.
    if (seen.has(name)) {
      continue;
    }
    seen.add(name);
    hash.update(tarHeader(name, size));
    await feed(hash, stream(), size);
    hash.update(padding(size));
  }
  return hash.update(tarEnd()).digest("hex");
}

async function feed(hash: Hash, stream: Readable, size: number): Promise<void> {
  let read = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    read += chunk.length;
    hash.update(chunk);
  }
  if (read !== size) {
    throw new EngineError(`an asset has changed while it was read: ${size} bytes were expected, and ${read} came`);
  }
}

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";

import { isList, isMap, mapValues, secretOf } from "./shape";
import type { PropertyMap, PropertyValue } from "./value";
import { AssetOrArchive, OutputValue, Secret } from "./value";

/**
 * The map with the SHA-256 of each asset's content filled in, so that a change of a file is a change of the resource.
 *
 * @param directory where relative paths start: the program's folder.
 * @throws if an asset is a URI, an archive, or a file that cannot be read.
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
  const { source } = asset;
  if (asset.kind === "archive" || "assets" in source) {
    throw new Error("archives are not supported by the embedded engine; pass single files as assets");
  }
  if ("uri" in source) {
    throw new Error(`assets by URI are not supported by the embedded engine (${source.uri}); use a file or text`);
  }
  const content =
    "text" in source
      ? source.text
      : await readFile(isAbsolute(source.path) ? source.path : resolve(directory, source.path));
  return new AssetOrArchive("asset", createHash("sha256").update(content).digest("hex"), source);
}

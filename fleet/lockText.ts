import { isMap, isScalar, parseDocument, type YAMLMap } from "yaml";
import type { LockedChart, LockedImage, ReleaseLock } from "./model";
import { apiVersion } from "./schema";
import { yamlOptions } from "./source/document";

/** A lock file's text; the same lock gives the same bytes. */
export function lockText({ release, digests, charts }: ReleaseLock): string {
  const images = Object.fromEntries(
    sorted(digests).map(([repository, { tag, index, amd64, arm64, bytes }]): [string, LockedImage] => [
      repository,
      {
        ...{ tag, index },
        ...(amd64 !== undefined && { amd64 }),
        ...(arm64 !== undefined && { arm64 }),
        ...(bytes !== undefined && { bytes: { amd64: bytes.amd64, arm64: bytes.arm64 } }),
      },
    ]),
  );
  const packed =
    charts &&
    Object.fromEntries(
      sorted(charts).map(([name, { version, source, digest, archive }]): [string, LockedChart] => [
        name,
        { version, source, digest, archive },
      ]),
    );
  const lock = { apiVersion, kind: "ReleaseLock", release, digests: images, charts: packed };
  return `${JSON.stringify(lock, undefined, 2)}\n`;
}

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * A release's file with `lock: FILE` in its spec, right below `kubespray`; every other byte stays, comments too.
 * @param text the file, which may hold other documents
 * @param release the release's name
 * @returns undefined if the release is not written as a block, or names a lock already
 */
export function withLockNamed(text: string, release: string, file: string): string | undefined {
  for (const { start, end } of documentsIn(text)) {
    const part = text.slice(start, end);
    const contents: unknown = parseDocument(part, yamlOptions).contents;
    if (!isMap(contents) || nameIn(contents) !== release || contents.get("kind") !== "Release") continue;
    const spec = contents.get("spec", true);
    if (!isMap(spec) || spec.flow === true || spec.has("lock")) return undefined;
    const pair = spec.items.find(({ key }) => isScalar(key) && key.value === "kubespray");
    if (!isScalar(pair?.key) || !isScalar(pair?.value)) return undefined;
    const keyAt = pair.key.range?.[0] ?? 0;
    const valueEnd = pair.value.range?.[1] ?? 0;
    const indent = part.slice(part.lastIndexOf("\n", keyAt - 1) + 1, keyAt);
    if (!/^ *$/.test(indent)) return undefined;
    const lineEnd = part.indexOf("\n", valueEnd);
    const at = start + (lineEnd < 0 ? part.length : lineEnd + 1);
    const lead = lineEnd < 0 ? "\n" : "";
    return `${text.slice(0, at)}${lead}${indent}lock: ${file}\n${text.slice(at)}`;
  }
  return undefined;
}

function nameIn(document: YAMLMap): unknown {
  const metadata = document.get("metadata");
  return isMap(metadata) ? metadata.get("name") : undefined;
}

/** Offsets of the documents of a file, each with the line that begins it. */
function documentsIn(text: string): { readonly start: number; readonly end: number }[] {
  const starts = [0, ...[...text.matchAll(/^---(?=[ \t\r\n]|$)/gm)].map(({ index }) => index).filter((at) => at > 0)];
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? text.length }));
}

import { classify } from "./classify";
import type { SourcePosition } from "./model";
import type { Path } from "./problem";
import { builtInDefaults } from "./resolve";
import type { SourceDocument } from "./source/document";
import type { FleetFile } from "./source/files";
import { parseFile } from "./source/parse";

/** What a profile says where neither site nor fleet does. */
export interface ProfileDefaults {
  readonly buffer: string;
  readonly observability: { readonly series: number; readonly logBytesPerSecond: number };
}

/** Where a fleet's settings come from, the weakest first. */
export const settingLayers = ["built-in", "fleet", "site"] as const;

/** What one layer says of a setting. */
export interface SettingSaid {
  readonly layer: (typeof settingLayers)[number];
  /** Undefined for what edgewave brings itself. */
  readonly source: SourcePosition | undefined;
  /** As written; undefined if the layer says nothing. */
  readonly value: unknown;
  readonly says: boolean;
}

/** Settings that a site takes whole from one layer; of all other mappings each key by itself. */
const wholes: ReadonlySet<string> = new Set(["maintenance"]);

/**
 * What the layers say of a setting of a site, the weakest first; the last one that says something counts.
 * @param path below the document, such as `spec.link.maxOutage`.
 * @returns undefined if the fleet has no such site.
 */
export function explainSetting(
  files: readonly FleetFile[],
  site: string,
  path: Path,
  profile: ProfileDefaults,
): readonly SettingSaid[] | undefined {
  const documents = files.flatMap(({ path: file, text }) => (isYaml(file) ? parseFile(file, text).documents : []));
  const ofSite = documents.find((document) => classify(document).kind === "Site" && nameOf(document) === site);
  if (ofSite === undefined) return undefined;
  const fleet = documents.find((document) => classify(document).kind === "Fleet");
  const [first, ...rest] = path;
  const inDefaults = first === "spec" ? (["spec", "defaults", ...rest] as const) : undefined;
  const builtIn = first === "spec" ? builtInOf(rest, profile) : undefined;
  return [
    { layer: "built-in", source: undefined, value: builtIn, says: builtIn !== undefined },
    said("fleet", inDefaults === undefined ? undefined : fleet, inDefaults ?? []),
    said("site", ofSite, path),
  ];
}

function said(layer: SettingSaid["layer"], document: SourceDocument | undefined, path: Path): SettingSaid {
  const value = document === undefined ? undefined : valueAt(document.value, path);
  const says = value !== undefined;
  const line = document?.lineOf(says ? path : []) ?? 1;
  const source = document === undefined ? undefined : { file: document.source.file, line };
  return { layer, source, value, says };
}

/** What is at a path of plain data; undefined if there is nothing. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** Written as people would. Addresses and names that follow from the site's own are not here: no layer says them. */
function builtInOf(path: Path, { buffer, observability }: ProfileDefaults): unknown {
  const d = builtInDefaults;
  const spec = {
    target: d.target,
    ssh: { user: d.sshUser, port: d.sshPort },
    network: { podCidr: d.podCidr, serviceCidr: d.serviceCidr },
    bastion: { sshPort: d.sshPort, registryPort: d.registryPort, filesPort: d.filesPort },
    link: { maxOutage: `${d.maxOutageSeconds / 3600}h` },
    ingestion: { buffer, protocols: d.protocols },
    platform: { grafana: false, ...observability },
  };
  return valueAt(spec, path);
}

/** Whether the strongest layer's mapping takes the place of the others', or adds to them. */
export function isMerged(path: Path, value: unknown): boolean {
  const mapping = typeof value === "object" && value !== null && !Array.isArray(value);
  return mapping && !wholes.has(String(path[1]));
}

const isYaml = (file: string): boolean => file.endsWith(".yaml");

function nameOf({ value }: SourceDocument): unknown {
  return (value as { metadata?: { name?: unknown } | null } | null)?.metadata?.name;
}

import { explainSetting, isMerged, type SettingSaid } from "../../fleet/explainSetting";
import type { SourcePosition } from "../../fleet/model";
import { parsePath } from "../../fleet/parsePath";
import type { Path } from "../../fleet/problem";
import { quote } from "../../fleet/quote";
import { readFiles } from "../../fleet/source/files";
import { explainObject, explainValue, type ObjectSaid } from "../../gitops/explain/explainObject";
import { profileOf } from "../../profiles";
import { exitCode } from "../exitCodes";
import { print, printJson } from "../io";
import { chooseRelease, chooseSite, loadFleet, type LoadedFleet } from "../load";
import { withFleet, withJson, withOut, type OutputOptions } from "../options";
import { formatExplained } from "../printing/explained";
import type { AddCommand } from "../program";
import { UserError } from "../userError";

/** What one layer says of a value, for people and for JSON. */
export interface Said {
  readonly layer: string;
  /** `sites/vigo.yaml:28`, or a file of the fleet's repository; undefined for what edgewave brings itself. */
  readonly source: string | undefined;
  readonly value: unknown;
  readonly says: boolean;
}

/** Where a value comes from. */
export interface Explained {
  readonly site: string;
  readonly path: string;
  /** The weakest layer first; the last one that says something counts, unless `merged`. */
  readonly layers: readonly Said[];
  /** Whether the value is a mapping, to which every layer adds. */
  readonly merged: boolean;
  readonly value: unknown;
}

interface ExplainOptions extends OutputOptions {
  readonly release?: string;
}

export const addExplain: AddCommand = (program, io, done) => {
  const command = program
    .command("explain")
    .description("say which layer set a value: a setting, a Helm value, or a field of an object in Git")
    .argument("<site>", "the site")
    .argument("<path>", "spec.link.maxOutage, loki:loki.limits_config, or HelmRelease/loki:spec.interval");
  withJson(withOut(withFleet(command)))
    .option("--release <name>", "which release's objects (default: the newest)")
    .action(async (site: string, written: string, options: ExplainOptions) => {
      const loaded = await loadFleet(io, options);
      const explained = await explain(loaded, site, written, options.release);
      if (options.json) printJson(io, explained);
      else print(io, formatExplained(explained, io));
      done(exitCode.done);
    });
};

async function explain(
  loaded: LoadedFleet,
  name: string,
  written: string,
  releaseName: string | undefined,
): Promise<Explained> {
  const { fleet, folder } = loaded;
  const site = chooseSite(fleet, name);
  const { subject, path: at } = readSubject(written);
  const answer = (layers: readonly Said[], merged: boolean): Explained => {
    const speaking = layers.filter(({ says }) => says);
    if (speaking.length === 0) throw nothingThere(name, written);
    return { site: name, path: written, layers, merged, value: speaking.at(-1)?.value };
  };
  if (subject === undefined) {
    const { files } = await readFiles(folder);
    const said = explainSetting(files, name, at, profileOf(site.profile)) ?? [];
    return answer(said.map(ofSetting), isMerged(at, said.findLast(({ says }) => says)?.value));
  }
  const release = releaseName === undefined ? fleet.releases.at(-1) : chooseRelease(fleet, releaseName);
  if (release === undefined) throw new UserError("EDGE-CLI-002", "the fleet has no release", "Add one in releases.");
  const said =
    subject.kind === undefined
      ? explainValue(site, release, fleet, subject.name, at)
      : explainObject(site, release, fleet, { kind: subject.kind, name: subject.name }, at);
  if (said === undefined) throw nothingThere(name, written);
  return answer(said.map(ofObject), false);
}

interface Subject {
  /** Undefined for the Helm values of a service. */
  readonly kind: string | undefined;
  readonly name: string;
}

/** @throws UserError for what is no path. */
function readSubject(written: string): { readonly subject: Subject | undefined; readonly path: Path } {
  const colon = written.indexOf(":");
  const path = parsePath(written.slice(colon + 1));
  const [first = "", second] = written.slice(0, Math.max(0, colon)).split("/");
  if (path === undefined || (colon >= 0 && first === "")) {
    throw new UserError(
      "EDGE-CLI-072",
      `${quote(written)} is no path`,
      "Write spec.link.maxOutage for a setting, loki:loki.limits_config for Helm values, HelmRelease/loki:spec.interval for an object.",
    );
  }
  if (colon < 0) return { subject: undefined, path };
  return { subject: second === undefined ? { kind: undefined, name: first } : { kind: first, name: second }, path };
}

function nothingThere(site: string, written: string): UserError {
  return new UserError(
    "EDGE-CLI-073",
    `no layer of site ${site} says anything of ${quote(written)}`,
    "The path may have no default and not be set, or the object may not be there. A shorter path shows what there is.",
  );
}

const at = ({ file, line }: SourcePosition): string => `${file}:${line}`;

function ofSetting({ layer, source, value, says }: SettingSaid): Said {
  return { layer, source: source && at(source), value, says };
}

function ofObject({ layer, source, value, says }: ObjectSaid): Said {
  return { layer, source: typeof source === "string" ? source : at(source), value, says };
}

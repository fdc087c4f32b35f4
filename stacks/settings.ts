import path from "node:path";
import type { FleetReading } from "../fleet/read";
import type { SiteArgs } from "./args";

/** Configuration of a stack, as `pulumi config` keeps it under `edgewave:`. */
export interface StackSettings {
  /** The fleet's folder; absolute, or relative to the folder of `Pulumi.yaml`. */
  readonly fleet: string;
  /** Where files go; as `fleet`. By default `out/<fleet name>`. */
  readonly out: string | undefined;
  /** Name of the release; may be left out if the fleet has only one. */
  readonly release: string | undefined;
  /** Public keys whose signature Flux asks of a release, one on each line; by default it asks for none. */
  readonly signers: string | undefined;
}

/** A stack cannot be built from its configuration; `message` is for people. */
export class StackSettingsError extends Error {
  override readonly name = "StackSettingsError";
}

/**
 * Finds what a stack is about.
 * @param stack name of the stack, which is the site's.
 * @param root absolute path of the folder of `Pulumi.yaml`.
 * @throws StackSettingsError with every finding if the fleet has errors, or if it lacks the site or the release.
 */
export function siteArgsOf(
  reading: Pick<FleetReading, "fleet" | "findings">,
  settings: StackSettings,
  stack: string,
  root: string,
): SiteArgs {
  const { fleet } = reading;
  if (fleet === undefined) {
    const errors = reading.findings.filter(({ severity }) => severity === "error");
    const lines = errors.map(({ code, file, line, path: where, message, hint }) => {
      return `  ${code} ${file}:${line} ${where}: ${message}. ${hint}`;
    });
    throw new StackSettingsError(
      [
        `The fleet in ${settings.fleet} has ${errors.length === 1 ? "an error" : `${errors.length} errors`}:`,
        ...lines,
      ].join("\n"),
    );
  }
  const site = fleet.sites.find(({ name }) => name === stack);
  if (site === undefined) {
    throw new StackSettingsError(
      `The fleet ${fleet.name} has no site "${stack}"; the stack's name must be that of a site. ` +
        `It has ${names(fleet.sites)}.`,
    );
  }
  const release =
    settings.release === undefined && fleet.releases.length === 1
      ? fleet.releases[0]
      : fleet.releases.find(({ name }) => name === settings.release);
  if (release === undefined) {
    const wanted =
      settings.release === undefined ? "several releases, and none is chosen" : `no release "${settings.release}"`;
    throw new StackSettingsError(
      `The fleet ${fleet.name} has ${wanted}. Choose one by \`pulumi config set edgewave:release NAME\`. ` +
        `It has ${names(fleet.releases)}.`,
    );
  }
  const out = path.resolve(root, settings.out ?? path.join("out", fleet.name));
  return {
    site,
    release,
    fleet: { name: fleet.name, domain: fleet.domain, hub: fleet.hub },
    signers: signersOf(settings),
    outputDirectory: path.join(out, "sites", site.name),
  };
}

/** Lines of keys as in an `authorized_keys` file; what is no key is for the component to refuse. */
function signersOf({ signers = "" }: StackSettings): readonly string[] {
  return signers
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function names(things: readonly { readonly name: string }[]): string {
  return things.map(({ name }) => name).join(", ") || "none";
}

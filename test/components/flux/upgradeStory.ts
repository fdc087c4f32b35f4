import { readFileSync } from "node:fs";
import path from "node:path";
import { fluxVersions } from "../../../catalog/flux";
import type { Target } from "../../../fleet/model";
import { edgewave } from "../../support/edgewave";
import { aFleet, aLock, aRelease, aSite } from "../../support/fleet";
import { writeFleet } from "../../support/fleetFolder";

/** Each release of Flux in the catalog and the one after it. */
export const steps = fluxVersions.slice(1).map((newer, at) => [fluxVersions[at]!.version, newer.version] as const);

/** A resource as the stack's state has it. */
export interface Kept {
  readonly urn: string;
  readonly type: string;
  readonly inputs: {
    readonly kind?: string;
    readonly metadata?: { readonly name: string };
    readonly spec?: Record<string, unknown>;
  };
  readonly dependencies?: readonly string[];
}

interface Answer {
  readonly changes?: Readonly<Record<string, number>>;
  readonly error?: string;
}

/** One site whose Flux goes from one release of the catalog to the next, by `edgewave site up`. */
export class UpgradeStory {
  constructor(
    readonly folder: string,
    target: Target,
    older: string,
    newer: string,
  ) {
    const releases = [
      ["2026.11.0", older],
      ["2026.12.0", newer],
    ].map(([name = "", flux = ""]) => {
      const release = aRelease({ name, components: { flux } });
      return { ...release, lock: aLock(release) };
    });
    writeFleet(folder, aFleet({ sites: [aSite({ target })], releases }));
  }

  /** @throws Error if it does not end well */
  async up(release: "older" | "newer"): Promise<Readonly<Record<string, number>>> {
    const name = release === "older" ? "2026.11.0" : "2026.12.0";
    const places = ["--fleet", this.folder, "--out", this.out, "--engine", "embedded", "--json"];
    const { code, stdout, stderr } = await edgewave(["site", "up", "porto", "--release", name, ...places]);
    if (stdout === "") throw new Error(stderr);
    const { changes, error } = JSON.parse(stdout) as Answer;
    if (code !== 0 || changes === undefined) throw new Error(error ?? stderr);
    return changes;
  }

  /** What FluxBootstrap made. */
  flux(): readonly Kept[] {
    const file = path.join(this.out, "state/.pulumi/stacks/edgewave/porto.json");
    const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as {
      checkpoint: { latest: { resources: readonly Kept[] } };
    };
    return checkpoint.latest.resources.filter(({ urn }) => urn.includes("edgewave:flux:FluxBootstrap$"));
  }

  private get out(): string {
    return path.join(this.folder, "out");
  }
}

/** The three parts of Flux, in the order in which they change. */
export const stages = {
  definition: ({ type }: Kept) => type.endsWith(":CustomResourceDefinition"),
  controller: ({ type }: Kept) => type === "kubernetes:apps/v1:Deployment",
  "what they reconcile": ({ type }: Kept) => type.includes(".toolkit.fluxcd.io/"),
} as const;

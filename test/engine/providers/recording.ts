import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { mapFromCheckpoint } from "../../../engine/property/checkpoint";
import type { Json } from "../../../engine/property/checkpoint";
import type { PropertyMap } from "../../../engine/property/value";
import type { CallContext, LogOptions } from "../../../engine/providers/provider";
import { EncryptingCodec } from "../../../engine/secrets/manager";
import { crypterOf } from "../../../engine/secrets/passphrase";

/** A resource as the official engine recorded it. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
}

type Case = "random" | "command" | "render" | "tls" | "cluster";

/** Reads the resources of a recorded checkpoint, secrets opened; the stack itself is left out. */
export async function recordedResources(name: Case, step: "2-up" | "5-up-changed"): Promise<RecordedResource[]> {
  const folder = path.join(__dirname, "../../data/official", name);
  const stack = parse(readFileSync(path.join(folder, "Pulumi.dev.yaml"), "utf8")) as { encryptionsalt: string };
  const codec = new EncryptingCodec(await crypterOf("edgewave", stack.encryptionsalt));
  const text = readFileSync(path.join(folder, `${step}.state.json`), "utf8");
  const state = JSON.parse(text) as { checkpoint: { latest: { resources: Record<string, Json>[] } } };
  return state.checkpoint.latest.resources
    .filter((resource) => resource["type"] !== "pulumi:pulumi:Stack")
    .map((resource) => ({
      urn: String(resource["urn"]),
      type: String(resource["type"]),
      name: String(resource["urn"]).split("::").at(-1) ?? "",
      id: String(resource["id"]),
      inputs: mapFromCheckpoint((resource["inputs"] ?? {}) as Record<string, Json>, codec),
      outputs: mapFromCheckpoint((resource["outputs"] ?? {}) as Record<string, Json>, codec),
    }));
}

export interface Logged {
  readonly severity: string;
  readonly message: string;
  readonly ephemeral: boolean;
}

/** A context that keeps what is logged. */
export function recordingContext(overrides: Partial<CallContext> = {}): CallContext & { readonly logged: Logged[] } {
  const logged: Logged[] = [];
  return {
    signal: new AbortController().signal,
    log: (severity, message, options?: LogOptions) =>
      void logged.push({ severity, message, ephemeral: options?.ephemeral === true }),
    environment: { PATH: process.env["PATH"] },
    directory: process.cwd(),
    logged,
    ...overrides,
  };
}

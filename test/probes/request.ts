import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Gate } from "../../fleet/gates";
import type { ResolvedSite } from "../../fleet/model";
import { createProbe, type ProbeOptions } from "../../probes";
import type { GateAnswer } from "../../rollout/gates/answer";
import type { GateRequest } from "../../rollout/gates/probe";
import { aFleet, aSite, type Overrides } from "../support/fleet";

export const commit = "c0ffee".padEnd(40, "0");

/** Folders of a test's own, removed at its end, and a probe that works in them. */
export class Bench {
  readonly root = mkdtempSync(path.join(tmpdir(), "edgewave-probes-"));
  readonly options: ProbeOptions;

  constructor(options: Partial<ProbeOptions> = {}) {
    this.options = {
      kubeconfigOf: () => Promise.resolve(undefined),
      gitDirectory: path.join(this.root, "git"),
      outputDirectory: path.join(this.root, "out"),
      fleetDirectory: this.root,
      env: { PATH: process.env["PATH"], EDGEWAVE_PASSPHRASE: "secret" },
      ...options,
    };
  }

  /** @returns the file's path, relative to the fleet's folder */
  file(name: string, content: string): string {
    writeFileSync(path.join(this.root, name), content);
    return name;
  }

  async ask(gate: Gate, overrides: Partial<GateRequest> = {}, signal = AbortSignal.timeout(15_000)): Promise<string> {
    const { answer, detail } = await this.answer(gate, overrides, signal);
    return `${answer}: ${detail}`;
  }

  answer(gate: Gate, overrides: Partial<GateRequest>, signal: AbortSignal): Promise<GateAnswer> {
    const request = { ...aRequest(gate), ...overrides };
    return createProbe(this.options).check(request, signal);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export function aRequest(gate: Gate, site: Overrides<ResolvedSite> = { target: "cluster" }): GateRequest {
  const { name, domain, hub } = aFleet();
  const fleet = { name, domain, hub };
  return { gate, site: aSite(site), release: "2026.11.0", fleet, commit, changedAt: undefined };
}

/** What the promise rejects with, as text. */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    (value) => `no failure: ${JSON.stringify(value)}`,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

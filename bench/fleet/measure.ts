import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { stringify } from "yaml";

import { inChild } from "../child";
import type { Measured } from "../print";
import { mebibytes } from "../print";
import type { ReaderAnswer } from "./reader";

const EXAMPLE = join(__dirname, "..", "..", "examples", "harbours");

/** Reading and checking a fleet, as every command does before anything else. */
export async function measureFleet([sites = 0]: readonly number[]): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), "fleet-bench-"));
  try {
    await writeFleet(folder, sites);
    const { seconds, cpu, peak, kept } = await inChild<ReaderAnswer>(join(__dirname, "reader.ts"), [
      folder,
      String(sites),
    ]);
    return {
      title: "Reading and checking a fleet",
      columns: ["fleet", "seconds", "CPU s", "peak memory", "kept"],
      rows: [[`${sites} sites`, seconds.toFixed(1), cpu.toFixed(1), mebibytes(peak), mebibytes(kept)]],
      notes: [],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The example's hub, releases and rollouts, and one file a site, each with a node and addresses of its own. */
export async function writeFleet(folder: string, count: number): Promise<void> {
  for (const part of ["fleet.yaml", "releases", "rollouts"]) {
    await cp(join(EXAMPLE, part), join(folder, part), { recursive: true });
  }
  for (let i = 0; i < count; i++) {
    const name = `site-${i}`;
    const net = `10.${20 + (i >> 8)}.${i & 255}`;
    const site = {
      apiVersion: "edgewave.dev/v1alpha1",
      kind: "Site",
      metadata: { name, labels: { country: "es", uplink: "lte", tier: "local", ring: "main" } },
      spec: {
        profile: "micro",
        architecture: "amd64",
        region: "atlantic",
        timeZone: "Europe/Madrid",
        nodes: [
          {
            name: `${name}-1`,
            address: `${net}.11`,
            roles: ["control-plane", "worker"],
            cpu: 4,
            memory: "8Gi",
            disk: "128Gi",
          },
        ],
        network: { nodeCidr: `${net}.0/24`, gateway: `${net}.1`, dnsServers: [`${net}.2`] },
        bastion: { address: `${net}.2` },
        link: { kind: "lte", bandwidth: "20Mbit", maxOutage: "72h" },
        ingestion: { messagesPerSecond: 75, topics: ["cranes/+/telemetry", "tide-gauges/+/level"] },
      },
    };
    const file = join(folder, "sites", `${name}.yaml`);
    if (i === 0) {
      await mkdir(dirname(file), { recursive: true });
    }
    await writeFile(file, stringify(site));
  }
}

import { expect } from "chai";

import { checkRolloutRules } from "../../../fleet/checks/rolloutRules";
import type { Gate } from "../../../fleet/gates";
import { resolveGates, resolveWaveGates } from "../../../fleet/resolveGates";
import { gatesSchema, waveGatesSchema } from "../../../fleet/schema/gates";
import type { Rollout } from "../../../fleet/model";
import { aWaveGate } from "../../rollout/gates/aGate";
import { aFleet, aRollout, aWave, sites } from "../../support/fleet";
import { problems } from "./context";

const gates = (...written: readonly object[]): Gate[] => resolveGates(gatesSchema.parse(written));
const flag = { type: "command", name: "flag", command: ["true"] };

describe("what a rollout asks beside its selection", () => {
  const cases: [string, Rollout, string[]][] = [
    ["is fine by default", aRollout(), []],
    [
      "has gates that its sites can be asked",
      { ...aRollout(), gates: gates({ type: "nodesReady" }) },
      ["EDGE-GATE-001 spec.gates[0]"],
    ],
    [
      "has each gate once, the wave's beside the rollout's",
      { ...aRollout(), gates: gates(flag), waves: [{ ...aWave({ name: "all", size: "rest" }), gates: gates(flag) }] },
      ["EDGE-NAME-002 spec.waves[0].gates[0].name"],
    ],
    [
      "has each gate of a wave as a whole once, beside the gates of its sites",
      {
        ...aRollout(),
        gates: gates(flag),
        waveGates: [...resolveWaveGates(waveGatesSchema.parse([flag]))],
        waves: [
          { ...aWave({ name: "all", size: "rest" }), waveGates: resolveWaveGates(waveGatesSchema.parse([flag])) },
        ],
      },
      ["EDGE-NAME-002 spec.waves[0].waveGates[0].name"],
    ],
    [
      "asks no Prometheus of a hub that has none",
      {
        ...aRollout(),
        waves: [{ ...aWave({ name: "all", size: "rest" }), waveGates: [aWaveGate()] }],
      },
      ["EDGE-GATE-002 spec.waves[0].waveGates[0]"],
    ],
    [
      "has freezes that end after they begin",
      {
        ...aRollout(),
        maintenance: {
          windows: [],
          exceptions: [{ from: "2026-12-24", to: "2026-12-20", open: false, reason: "x", timeZone: undefined }],
        },
      },
      ["EDGE-CAL-001 spec.maintenance.exceptions[0].to"],
    ],
    [
      "has failure domains that hold its sites",
      {
        ...aRollout(),
        failureDomain: { label: "uplink", maxConcurrency: 1, maxFailures: undefined, maxDeferred: undefined },
      },
      ["EDGE-ROLL-008 spec.failureDomain.label"],
    ],
    [
      "has waves whose own names are apart",
      {
        ...aRollout(),
        waves: [
          aWave({ name: "ramp-1", size: { count: 1 } }),
          aWave({ name: "ramp", size: { start: 1, factor: 2, max: undefined } }),
        ],
      },
      ["EDGE-ROLL-009 spec.waves[1].name"],
    ],
  ];
  for (const [name, rollout, expected] of cases) {
    it(name, () => {
      const found = problems(checkRolloutRules, aFleet({ sites: sites(4), rollouts: [rollout] }));
      expect(found.map((line) => line.replace(/: .*/, ""))).to.deep.equal(expected);
    });
  }
});

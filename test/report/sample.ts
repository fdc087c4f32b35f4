import type { ReportData, ReportSite } from "../../report/data";

const start = Date.UTC(2026, 10, 23, 12);

/** A site that ran for two seconds, the given number of seconds after the start. */
export function aReportSite(overrides: Partial<ReportSite> = {}, second = 0): ReportSite {
  return {
    name: "porto",
    wave: "canary",
    region: "north",
    profile: "micro",
    architecture: "amd64",
    outcome: "succeeded",
    startedAt: start + second * 1000,
    finishedAt: start + (second + 2) * 1000,
    seconds: 2,
    resources: 5,
    changes: { create: 5 },
    reason: undefined,
    notes: [],
    commit: "0123456789abcdef0123456789abcdef01234567",
    ...overrides,
  };
}

export function aReport(overrides: Partial<ReportData> = {}): ReportData {
  return {
    fleet: "harbours",
    rollout: "standard",
    run: "20261123T120000Z-abcd",
    release: { name: "2026.11.0", locked: true },
    result: "succeeded",
    startedAt: start,
    endedAt: start + 10_000,
    resumes: 0,
    halt: undefined,
    waves: [
      {
        name: "canary",
        canary: true,
        maxConcurrency: 2,
        startedAt: start,
        finishedAt: start + 10_000,
        soak: undefined,
        gates: [],
      },
    ],
    sites: [aReportSite()],
    unassigned: [],
    ...overrides,
  };
}

import { reportParts } from "../../../components/reporter/address";
import type { PartAnswer, SiteReport } from "../../../probes/siteReport/form";
import type { Judgement, JudgeRules, Promoted } from "../../../probes/siteReport/judge";

export const now = Date.parse("2026-11-28T12:00:00Z");
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export const promotedCommit = "c0ffee".padEnd(40, "0");
export const oldCommit = "beef".padEnd(40, "0");
export const promoted: Promoted = { commit: promotedCommit, at: now - 3 * hour };
export const rules: JudgeRules = { maxOutageHours: 72, nodes: ["porto-1"], convergeSeconds: 3600 };

type Cells = Readonly<Record<string, string | number | boolean | null>>;

/** A table as an API server gives it, with the columns of its first row. */
export function aTable(...rows: readonly Cells[]): PartAnswer {
  const columns = Object.keys(rows[0] ?? { Name: "", Ready: "" });
  const columnDefinitions = columns.map((name) => ({ name, type: "string" }));
  const cells = rows.map((row) => ({ cells: columns.map((name) => row[name] ?? null) }));
  return { text: JSON.stringify({ kind: "Table", columnDefinitions, rows: cells }) };
}

/** A row of Flux's Kustomization `deploy`, ready at a commit unless told otherwise. */
export function aKustomization(commit = promotedCommit, changes: Cells = {}): Cells {
  const revision = `deploy@sha1:${commit}`;
  return {
    Name: "deploy",
    Ready: "True",
    Status: `Applied revision: ${revision}`,
    Namespace: "flux-system",
    Generation: 2,
    Observed: 2,
    "Source Kind": "GitRepository",
    Source: "deploy",
    Attempted: revision,
    Applied: revision,
    "Ready Reason": "ReconciliationSucceeded",
    "Ready Generation": 2,
    Reconciling: null,
    "Reconciling Reason": null,
    Stalled: null,
    "Stalled Message": null,
    ...changes,
  };
}

/** An answer of Prometheus with a sample for each value. */
export function samples(...values: readonly (number | string)[]): PartAnswer {
  const result = values.map((value, index) => ({ metric: { instance: String(index) }, value: [0, String(value)] }));
  return { text: JSON.stringify({ status: "success", data: { resultType: "vector", result } }) };
}

export const aNode = (name = "porto-1", status = "Ready"): Cells => ({
  Name: name,
  Status: status,
  Version: "v1.35.4",
});

/** A report of a site where all is well, made five minutes ago. */
export function aReport(
  parts: Partial<SiteReport["parts"]> = {},
  changes: Partial<Omit<SiteReport, "parts">> = {},
): SiteReport {
  const at = changes.at ?? now - 5 * minute;
  const all: Partial<SiteReport["parts"]> = {
    nodes: aTable(aNode()),
    kustomizations: aTable(aKustomization()),
    helmReleases: aTable(),
    deployRefs: { text: `${promotedCommit} refs/heads/deploy` },
    siteRefs: { text: `${oldCommit} refs/heads/main` },
    bufferMessages: samples(0),
    ...parts,
  };
  const filled = Object.fromEntries(reportParts.map((name) => [name, all[name] ?? { problem: "nobody was asked" }]));
  return {
    site: "porto",
    at,
    intervalSeconds: 1800,
    contact: { at, hub: at },
    parts: filled as SiteReport["parts"],
    ...changes,
  };
}

export const rankOf = { converged: 0, converging: 1, drifted: 2, stale: 3, silent: 4 } as const satisfies Record<
  Judgement["state"],
  number
>;

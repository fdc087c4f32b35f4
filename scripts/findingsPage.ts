import { codes } from "../fleet/codes";
import { lockCodes } from "../registry";

const sections: readonly (readonly [prefix: string, title: string])[] = [
  ["EDGE-FILE", "Files"],
  ["EDGE-YAML", "YAML"],
  ["EDGE-DOC", "Documents"],
  ["EDGE-KEY", "Keys"],
  ["EDGE-VALUE", "Values"],
  ["EDGE-NAME", "Names"],
  ["EDGE-SITE", "Sites"],
  ["EDGE-NET", "Networks"],
  ["EDGE-REL", "Releases"],
  ["EDGE-ROLL", "Rollouts"],
  ["EDGE-GATE", "Gates"],
  ["EDGE-CAL", "Maintenance calendars"],
  ["EDGE-LOCK", "Locking a release"],
  ["EDGE-POL", "Policy"],
  ["EDGE-OVER", "Overrides"],
  ["EDGE-OBS", "Metrics, logs and alerts"],
  ["EDGE-ID", "People"],
];

/**
 * docs/findings.md: every code that `edgewave check` and `edgewave release lock` can give.
 * @throws Error for a code without a section.
 */
export function findingsPage(): string {
  const left = new Map(Object.entries({ ...codes, ...lockCodes }));
  const parts = sections.map(([prefix, title]) => {
    const rows = [...left].filter(([code]) => code.startsWith(`${prefix}-`));
    for (const [code] of rows) left.delete(code);
    const entries = rows.map(
      ([code, text]) =>
        `### ${code}: ${text.title}${text.severity === "warning" ? " (warning)" : ""}\n\n${text.why}\n\n**Do:** ${text.fix}`,
    );
    return `## ${title}\n\n${entries.join("\n\n")}`;
  });
  if (left.size > 0) throw new Error(`no section of the page takes ${[...left.keys()].join(", ")}`);
  const head =
    "# Findings\n\nWhat `edgewave check` can say of a fleet's files, and `edgewave release lock` of its images, why it matters and what\nto do. Generated from `fleet/codes` and `registry/codes.ts` by `npm run generate`.";
  return `${[head, ...parts].join("\n\n")}\n`;
}

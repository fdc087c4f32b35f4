/**
 * Days on which the support of a minor version ends, by component. Source: the end-of-life dates of
 * kubernetes.io/releases, read in 2026. Other projects of the catalog support their newest minor versions and name no day.
 */
export const supportEnds: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  kubernetes: {
    "1.32": "2026-02-28",
    "1.33": "2026-06-28",
    "1.34": "2026-10-27",
    "1.35": "2027-02-28",
    "1.36": "2027-06-28",
  },
};

/** @returns the ISO date on which the version's support ends, or undefined if its project names none. */
export function supportEnd(component: string, version: string): string | undefined {
  const minor = version.replace(/^v/, "").split(".").slice(0, 2).join(".");
  return Object.hasOwn(supportEnds, component) ? supportEnds[component]?.[minor] : undefined;
}

import type { Release } from "../model";
import type { Problem } from "../problem";
import { listOf, quote } from "../quote";
import { matches } from "../select";
import type { Check, CheckContext } from "./check";

/**
 * The lock of a release is of that release and has a digest for each image and each architecture in the fleet, and for
 * each chart.
 */
export const checkLocks: Check = (context) =>
  context.releases.flatMap((release) => [
    ...staleProblems(release, context),
    ...missingProblems(release, context),
    ...chartProblems(release, context),
  ]);

/** No site that contacts nodes is taken to a release without a lock; a site that is only rendered may be. */
export const checkLocked: Check = ({ sites, releases, rollouts, unreadLocks }) =>
  releases.flatMap((release): Problem[] => {
    if (release.lock !== undefined || unreadLocks.has(release.name)) return [];
    const selectors = rollouts.filter((rollout) => rollout.release === release.name).map((rollout) => rollout.selector);
    const real = sites.filter(
      (site) => site.target !== "render" && selectors.some((selector) => matches(selector, site)),
    );
    if (real.length === 0) return [];
    const targets = [...new Set(real.map((site) => site.target))].sort().join(" and ");
    const names = listOf(
      real.map((site) => site.name),
      4,
    );
    const message = `the release has no lock, and sites with target ${targets} are to get it (${names})`;
    const hint = `Run edgewave release lock ${release.name}.`;
    return [{ code: "EDGE-REL-009", source: release.source, path: ["spec"], message, hint }];
  });

function staleProblems(release: Release, { knowledge: { catalog } }: CheckContext): Problem[] {
  const { lock, source } = release;
  if (lock === undefined) return [];
  const at = { code: "EDGE-REL-008" as const, source, path: ["spec", "lock"] };
  const problems: Problem[] = [];
  if (lock.release !== release.name) {
    problems.push({ ...at, message: `the lock is of release ${quote(lock.release)}` });
  }
  const tags = new Map(catalog.imagesOf(release).map(({ repository, tag }) => [repository, tag]));
  const moved = Object.entries(lock.digests).flatMap(([repository, locked]) => {
    const tag = tags.get(repository);
    return tag === undefined || tag === locked.tag ? [] : [`${repository} ${locked.tag} and not ${tag}`];
  });
  if (moved.length > 0) problems.push({ ...at, message: `the lock has ${listOf(moved.sort(), 4)}` });
  const left = Object.keys(lock.digests).filter((repository) => !tags.has(repository));
  if (left.length > 0) {
    problems.push({ ...at, message: `the lock has images that the release has not: ${listOf(left.sort(), 4)}` });
  }
  return problems;
}

function missingProblems(release: Release, { sites, knowledge: { catalog } }: CheckContext): Problem[] {
  const { lock } = release;
  if (lock === undefined) return [];
  const architectures = [...new Set(sites.map((site) => site.architecture))].sort();
  const images = catalog.imagesOf(release);
  return architectures.flatMap((architecture): Problem[] => {
    const missing = images
      .filter(({ repository, forDriver }) => {
        const locked = lock.digests[repository];
        return locked === undefined || (forDriver !== true && locked[architecture] === undefined);
      })
      .map(({ repository }) => repository);
    if (missing.length === 0) return [];
    const message = `the lock has no ${architecture} digest for ${listOf(missing)}`;
    return [{ code: "EDGE-REL-006", source: release.source, path: ["spec", "lock"], message }];
  });
}

function chartProblems(release: Release, { knowledge: { catalog } }: CheckContext): Problem[] {
  const { lock, source } = release;
  const charts = catalog.chartsOf(release);
  if (lock === undefined || (lock.charts === undefined && charts.length === 0)) return [];
  const locked = lock.charts;
  const at = { source, path: ["spec", "lock"] };
  if (locked === undefined) {
    const message = `the lock has digests of images and none of the release's ${charts.length} charts`;
    return [{ ...at, code: "EDGE-REL-010", message }];
  }
  const problems: Problem[] = [];
  const wanted = new Map(charts.map((chart) => [chart.name, chart]));
  const moved = Object.entries(locked).flatMap(([name, { version, source: from }]) => {
    const chart = wanted.get(name);
    if (chart === undefined || (chart.version === version && chart.repository === from)) return [];
    const [has, wants] = chart.version === version ? [from, chart.repository] : [version, chart.version];
    return [`chart ${name} ${has} and not ${wants}`];
  });
  if (moved.length > 0) {
    problems.push({ ...at, code: "EDGE-REL-008", message: `the lock has ${listOf(moved.sort(), 4)}` });
  }
  const left = Object.keys(locked).filter((name) => !wanted.has(name));
  if (left.length > 0) {
    const message = `the lock has charts that the release has not: ${listOf(left.sort(), 4)}`;
    problems.push({ ...at, code: "EDGE-REL-008", message });
  }
  const missing = charts.map(({ name }) => name).filter((name) => !Object.hasOwn(locked, name));
  if (missing.length > 0) {
    const message = `the lock has no digest for ${missing.length === 1 ? "chart" : "charts"} ${listOf(missing)}`;
    problems.push({ ...at, code: "EDGE-REL-006", message });
  }
  return problems;
}

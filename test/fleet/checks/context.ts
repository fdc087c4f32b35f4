import type { Check, CheckContext } from "../../../fleet/checks";
import { builtInKnowledge } from "../../../fleet/knowledge";
import type { Fleet } from "../../../fleet/model";
import { pathText } from "../../../fleet/problem";

/** What the checks of a whole, well-formed fleet look at. */
export function contextOf(fleet: Fleet, overrides: Partial<CheckContext> = {}): CheckContext {
  const { sites, releases, rollouts, overrides: written } = fleet;
  const named = [
    ...sites.map(({ name, source }) => ({ kind: "Site", name, source })),
    ...releases.map(({ name, source }) => ({ kind: "Release", name, source })),
    ...rollouts.map(({ name, source }) => ({ kind: "Rollout", name, source })),
  ];
  return {
    sites,
    releases,
    rollouts,
    overrides: written,
    named,
    unread: new Set(),
    unreadLocks: new Set(),
    sitesComplete: true,
    hub: fleet.hub,
    knowledge: builtInKnowledge,
    ...overrides,
  };
}

/** `code path: message` of each problem, which is all that a table needs. */
export function problems(check: Check, fleet: Fleet, overrides: Partial<CheckContext> = {}): string[] {
  return check(contextOf(fleet, overrides)).map(({ code, path, message }) => `${code} ${pathText(path)}: ${message}`);
}

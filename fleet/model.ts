/**
 * A fleet as the rest of edgewave sees it: checked, with every default applied. `readFleet` makes it from YAML files;
 * nothing else constructs one outside tests. Everything is plain data, so that it can cross a process boundary.
 */
export type * from "./model/fleet";
export type * from "./model/release";
export type * from "./model/rollout";
export type * from "./model/site";
export type * from "./model/words";

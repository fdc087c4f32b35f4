import { fleetSchema } from "./fleet";
import { policySchema } from "./policy";
import { releaseSchema } from "./release";
import { rolloutSchema } from "./rollout";
import { siteSchema } from "./site";

export { apiVersion } from "./document";
export { fleetDefaultsSchema, type FleetDocument } from "./fleet";
export { resolvePolicy, type PolicyDocument } from "./policy";
export type { ReleaseDocument } from "./release";
export type { RolloutDocument, SelectorDocument, WaveDocument } from "./rollout";
export type { SiteDocument } from "./site";
export { lockSchema } from "./release";

/** The schema of each kind. */
export const schemas = {
  Fleet: fleetSchema,
  Site: siteSchema,
  Release: releaseSchema,
  Rollout: rolloutSchema,
  Policy: policySchema,
} as const;

export type Kind = keyof typeof schemas;
export const kinds = Object.keys(schemas) as readonly Kind[];

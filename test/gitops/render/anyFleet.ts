import fc from "fast-check";
import type { ResolvedSite } from "../../../fleet/model";
import { aSite } from "../../support/fleet";

/** Names that cannot be part of anything else in a tree, nor of each other. */
const siteName = (index: number): string => `zq${String.fromCharCode(97 + (index % 26))}${index}qz`;

const oneSite = fc.record({
  profile: fc.constantFrom("micro" as const, "mini" as const, "standard" as const, "ha-edge" as const),
  architecture: fc.constantFrom("amd64" as const, "arm64" as const),
  region: fc.constantFrom("atlantic", "baltic", "no", "0x10", "1e3"),
  ingestion: fc.record({ buffer: fc.constantFrom("rabbitmq" as const, "strimzi" as const) }),
  link: fc.record({ maxOutageHours: fc.integer({ min: 1, max: 1000 }) }),
});

/** Sites of a fleet, from one up. */
export const someSites: fc.Arbitrary<readonly ResolvedSite[]> = fc
  .array(oneSite, { minLength: 1, maxLength: 6 })
  .map((list) => list.map((overrides, index) => aSite({ ...overrides, name: siteName(index) }, index)));

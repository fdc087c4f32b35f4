import { z } from "zod";
import { lockSchema, schemas, type Kind } from "./schema";

/** JSON Schemas (draft 2020-12) of a fleet's files, for editors and other tools; one for each kind, and the lock's. */
export function jsonSchemas(): Readonly<Record<Kind | "Lock", Readonly<Record<string, unknown>>>> {
  const of = (kind: string, schema: z.ZodType) => ({
    title: `edgewave ${kind}`,
    ...z.toJSONSchema(schema, { io: "input", target: "draft-2020-12" }),
  });
  return {
    Fleet: of("Fleet", schemas.Fleet),
    Site: of("Site", schemas.Site),
    Release: of("Release", schemas.Release),
    Rollout: of("Rollout", schemas.Rollout),
    Policy: of("Policy", schemas.Policy),
    Lock: of("ReleaseLock", lockSchema),
  };
}

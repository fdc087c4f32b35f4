import { z } from "zod";
import { schemas, type Kind } from "./schema";

/** JSON Schemas (draft 2020-12) of what people write, for editors and other tools; one for each kind. */
export function jsonSchemas(): Readonly<Record<Kind, Readonly<Record<string, unknown>>>> {
  const of = (kind: Kind) => ({
    title: `edgewave ${kind}`,
    ...z.toJSONSchema(schemas[kind], { io: "input", target: "draft-2020-12" }),
  });
  return { Fleet: of("Fleet"), Site: of("Site"), Release: of("Release"), Rollout: of("Rollout") };
}

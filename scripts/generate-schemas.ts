import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { jsonSchemas } from "../fleet/jsonSchema";

/** Writes docs/schema/*.json from the schemas in fleet/schema: `npx tsx scripts/generate-schemas.ts`. */
async function generate(): Promise<void> {
  const folder = path.join(__dirname, "..", "docs", "schema");
  mkdirSync(folder, { recursive: true });
  for (const [kind, schema] of Object.entries(jsonSchemas())) {
    const file = path.join(folder, `${kind.toLowerCase()}.json`);
    writeFileSync(file, await format(JSON.stringify(schema), { ...(await resolveConfig(file)), filepath: file }));
    console.log(path.relative(process.cwd(), file));
  }
}

void generate();

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { jsonSchemas } from "../fleet/jsonSchema";
import { stringify } from "yaml";
import { admissionPolicies } from "../policy/admission/kyverno";
import { findingsPage } from "./findingsPage";
import { policiesPage } from "./policiesPage";

const docs = path.join(__dirname, "..", "docs");

/** Writes docs/schema/*.json, docs/findings.md and docs/policies.md from their sources: `npm run generate`. */
async function generate(): Promise<void> {
  mkdirSync(path.join(docs, "schema"), { recursive: true });
  for (const [kind, schema] of Object.entries(jsonSchemas())) {
    await write(path.join(docs, "schema", `${kind.toLowerCase()}.json`), JSON.stringify(schema));
  }
  await write(path.join(docs, "findings.md"), findingsPage());
  await write(path.join(docs, "policies.md"), policiesPage());
  await write(path.join(docs, "kyverno-policies.yaml"), kyvernoPolicies());
}

/** The rules for admission as they are where a fleet says nothing of them. */
function kyvernoPolicies(): string {
  const head = "# What Kyverno can enforce of docs/policies.md. Generated from policy/ by npm run generate.\n";
  return (
    head +
    admissionPolicies()
      .map((policy) => stringify(policy))
      .join("---\n")
  );
}

async function write(file: string, text: string): Promise<void> {
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  console.log(path.relative(process.cwd(), file));
}

void generate();

import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { jsonSchemas } from "../../fleet/jsonSchema";

const folder = path.join(__dirname, "..", "..", "docs", "schema");

describe("the JSON Schemas", () => {
  const schemas = jsonSchemas();

  it("are one file for each kind", () => {
    expect(readdirSync(folder).sort()).to.deep.equal([
      "fleet.json",
      "lock.json",
      "policy.json",
      "release.json",
      "rollout.json",
      "site.json",
    ]);
    expect(Object.keys(schemas)).to.deep.equal(["Fleet", "Site", "Release", "Rollout", "Policy", "Lock"]);
  });

  for (const [kind, schema] of Object.entries(schemas)) {
    it(`in docs/schema are current: ${kind} (else: npm run generate)`, () => {
      const written: unknown = JSON.parse(readFileSync(path.join(folder, `${kind.toLowerCase()}.json`), "utf8"));
      expect(written).to.deep.equal(JSON.parse(JSON.stringify(schema)));
    });
  }

  it("describe what people write, not what it becomes", () => {
    const site = JSON.stringify(schemas.Site);
    expect(site).to.contain('"memory"').and.to.contain("Mi|Gi");
    expect(site).to.not.contain("memoryMiB");
  });

  it("refuse unknown keys in every object that has named ones", () => {
    const objects: Record<string, unknown>[] = [];
    const collect = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      if ("properties" in node) objects.push(node as Record<string, unknown>);
      Object.values(node).forEach(collect);
    };
    collect(schemas);
    expect(objects.length).to.be.above(15);
    for (const object of objects) expect(object.additionalProperties, JSON.stringify(object)).to.equal(false);
  });
});

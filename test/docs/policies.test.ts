import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { parseAllDocuments } from "yaml";
import { admissionPolicies } from "../../policy/admission/kyverno";
import { rules } from "../../policy/rules";
import { policiesPage } from "../../scripts/policiesPage";
import { repository } from "../support/edgewave";

describe("docs/policies.md", () => {
  const file = path.join(repository, "docs", "policies.md");

  it("is current (else: npm run generate)", async () => {
    const page = await format(policiesPage(), { ...(await resolveConfig(file)), filepath: file });
    expect(readFileSync(file, "utf8")).to.equal(page);
  });

  it("comes with Kyverno's policies as they are now (else: npm run generate)", () => {
    const written = parseAllDocuments(readFileSync(path.join(repository, "docs", "kyverno-policies.yaml"), "utf8"));
    const now: unknown = JSON.parse(JSON.stringify(admissionPolicies()));
    expect(written.map((document) => document.toJS() as unknown)).to.deep.equal(now);
  });

  it("has a heading for each rule", () => {
    const page = readFileSync(file, "utf8");
    for (const { name } of rules) expect(page).to.match(new RegExp(`^### ${name}$`, "m"));
  });
});

import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { rules } from "../../policy/rules";
import { policiesPage } from "../../scripts/policiesPage";
import { repository } from "../support/edgewave";

describe("docs/policies.md", () => {
  const file = path.join(repository, "docs", "policies.md");

  it("is current (else: npm run generate)", async () => {
    const page = await format(policiesPage(), { ...(await resolveConfig(file)), filepath: file });
    expect(readFileSync(file, "utf8")).to.equal(page);
  });

  it("has a heading for each rule", () => {
    const page = readFileSync(file, "utf8");
    for (const { name } of rules) expect(page).to.match(new RegExp(`^### ${name}$`, "m"));
  });
});

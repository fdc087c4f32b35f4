import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { codes } from "../../fleet/codes";
import { findingsPage } from "../../scripts/findingsPage";
import { repository } from "../support/edgewave";

describe("docs/findings.md", () => {
  const file = path.join(repository, "docs", "findings.md");

  it("is current (else: npm run generate)", async () => {
    const page = await format(findingsPage(), { ...(await resolveConfig(file)), filepath: file });
    expect(readFileSync(file, "utf8")).to.equal(page);
  });

  it("has a heading for each code", () => {
    const page = readFileSync(file, "utf8");
    for (const code of Object.keys(codes)) expect(page).to.match(new RegExp(`^### ${code}: `, "m"));
  });
});

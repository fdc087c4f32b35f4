import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { repository } from "../support/edgewave";

describe("links in the documentation", () => {
  const pages = execFileSync("git", ["-C", repository, "ls-files", "*.md"], { encoding: "utf8" }).trim().split("\n");

  for (const page of pages) {
    it(`of ${page} lead somewhere`, () => {
      const text = readFileSync(path.join(repository, page), "utf8").replace(/```[\s\S]*?```/g, "");
      const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
      const broken = links
        .filter((link) => !/^[a-z]+:|^#/.test(link))
        .filter((link) => !existsSync(path.join(repository, path.dirname(page), link.replace(/#.*/, ""))));
      expect(broken).to.deep.equal([]);
    });
  }

  it("are found at all", () => expect(pages).to.include.members(["README.md", "docs/adr/README.md"]));
});

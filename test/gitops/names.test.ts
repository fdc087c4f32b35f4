import { expect } from "chai";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { UnsafeName, checkedPath, checkedRelease, checkedSite } from "../../gitops/names";

describe("names that become refs and paths", () => {
  for (const name of ["porto", "a", "7", "a-1", "x".repeat(63)]) {
    it(`takes the site ${name.slice(0, 10)}`, () => expect(checkedSite(name)).to.equal(name));
  }
  for (const name of [
    "",
    "-a",
    "a-",
    "A",
    "a.b",
    "a/b",
    "..",
    "a b",
    "a\n",
    "x".repeat(64),
    "ä",
    ".git",
    "--upload-pack=x",
  ]) {
    it(`refuses the site ${JSON.stringify(name.slice(0, 20))}`, () =>
      expect(() => checkedSite(name)).to.throw(UnsafeName, "site name"));
  }
  for (const name of ["2026.11.0", "autumn", "1.0.0-rc1"]) {
    it(`takes the release ${name}`, () => expect(checkedRelease(name)).to.equal(name));
  }
  for (const name of ["", ".", "..", "a..b", ".a", "a.", "a.lock", "a/b", "a~1", "@{u}", "a b", "-x"]) {
    it(`refuses the release ${JSON.stringify(name)}`, () =>
      expect(() => checkedRelease(name)).to.throw(UnsafeName, "release name"));
  }
  for (const path of ["a", "a/b.yaml", "inventory/group_vars/all/all.yml", ".sops.yaml"]) {
    it(`takes the file ${path}`, () => expect(checkedPath(path)).to.equal(path));
  }
  for (const path of [
    "",
    "/a",
    "a//b",
    "a/",
    "../a",
    "a/../b",
    "./a",
    ".git/config",
    "a/.GIT/x",
    "a\nb",
    'a"b',
    "a b",
    "a\\b",
  ]) {
    it(`refuses the file ${JSON.stringify(path)}`, () =>
      expect(() => checkedPath(path)).to.throw(UnsafeName, "file name"));
  }

  it("takes no release that Git would refuse as a ref", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9.@{~^:?*\\ /-]{1,12}$/), (name) => {
        let taken: string;
        try {
          taken = checkedRelease(name);
        } catch (error) {
          return error instanceof UnsafeName;
        }
        execFileSync("git", ["check-ref-format", `refs/heads/release/${taken}`]);
        return true;
      }),
      { numRuns: 200 },
    );
  });
});

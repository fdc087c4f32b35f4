import { expect } from "chai";
import fc from "fast-check";
import { join } from "node:path";
import { importCommits } from "../../../gitops/git/importCommits";
import { emptyTree, treeId } from "../../../gitops/git/objectId";
import { openRepository } from "../../../gitops/git/repository";
import { askGit, newFolder, removeFolders } from "../folders";

// Names that Git's order of entries is easily got wrong for: a folder sorts as if it ended in a slash.
const part = fc.constantFrom("a", "a-b", "a.b", "a0", "ab", "b", "B", "z_", "0");
const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const files = fc.dictionary(path, fc.string({ unit: "grapheme", maxLength: 20 }), { maxKeys: 12 }).map((entries) =>
  // A file and a folder cannot have one name.
  Object.entries(entries).filter(([name]) => !Object.keys(entries).some((other) => other.startsWith(`${name}/`))),
);

describe("treeId", () => {
  after(removeFolders);

  it("knows the empty tree", () => expect(emptyTree).to.equal("4b825dc642cb6eb9a060e54bf8d69288fbee4904"));

  it("does not depend on the order of the files", () => {
    fc.assert(fc.property(files, (entries) => treeId(entries) === treeId([...entries].reverse())));
  });

  it("is the id that Git gives the same tree", async () => {
    const repository = join(newFolder(), "trees.git");
    await openRepository(repository, "main");
    await fc.assert(
      fc.asyncProperty(files, async (entries) => {
        const [commit = ""] = await importCommits(repository, [
          { parent: undefined, date: 0, message: "x", files: entries },
        ]);
        expect(askGit(repository, "rev-parse", `${commit}^{tree}`)).to.equal(treeId(entries));
      }),
      { numRuns: 30 },
    );
  });
});

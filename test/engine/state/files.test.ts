import { mkdir, mkdtemp, open, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { keepAs, writeAttributes } from "../../../engine/state/files";

describe("files of the state", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgewave-files-"));
    file = join(folder, "s.json");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("keeps what a file holds under another name", async () => {
    await writeFile(file, "one");
    await keepAs(file, `${file}.bak`);
    expect(await readFile(`${file}.bak`, "utf8")).to.equal("one");
    expect(await readdir(folder)).to.have.members(["s.json", "s.json.bak"]);
  });

  it("leaves nothing behind when the file was not written since it was kept last", async () => {
    await writeFile(file, "one");
    for (let time = 0; time < 3; time += 1) await keepAs(file, `${file}.bak`);
    expect(await readdir(folder)).to.have.members(["s.json", "s.json.bak"]);
  });

  it("leaves nothing behind when the backup cannot be put in its place", async () => {
    await writeFile(file, "one");
    const nowhere = join(folder, "s.json.bak");
    await mkdir(nowhere);
    const failure = await keepAs(file, nowhere).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error);
    expect(await readdir(folder)).to.have.members(["s.json", "s.json.bak"]);
  });

  it("takes no backup of a file that is not there", async () => {
    await keepAs(file, `${file}.bak`);
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it("replaces attributes in one step, so that nobody ever reads half of them", async () => {
    await writeAttributes(file, "one");
    const before = await readFile(`${file}.attrs`, "utf8");
    // Who has it open keeps the old content only if another file takes its place.
    const reader = await open(`${file}.attrs`);
    await writeAttributes(file, "two");
    expect(await reader.readFile("utf8")).to.equal(before);
    await reader.close();
    expect(await readFile(`${file}.attrs`, "utf8")).not.to.equal(before);
    expect(await readdir(folder)).to.have.members(["s.json.attrs"]);
  });
});

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { removeUnreadableAttributes } from "../../../rollout/runner/attributeFiles";

describe("removeUnreadableAttributes", () => {
  let folder: string;
  let checkpoint: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgewave-attributes-"));
    checkpoint = join(folder, "porto.json");
    await writeFile(checkpoint, "{}");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const whole =
    '{"user.content_type":"text/plain; charset=utf-8","user.metadata":null,"md5":"1B2M2Y8AsgTpgAmY7PhCfg=="}\n';
  const unreadable = ["", "\n", whole.slice(0, 20), "null", "[]", "7", "\0\0\0"];
  for (const text of unreadable) {
    it(`removes attributes that are ${JSON.stringify(text)}, and not the checkpoint`, async () => {
      await writeFile(`${checkpoint}.attrs`, text);
      expect(await removeUnreadableAttributes(checkpoint)).to.deep.equal([`${checkpoint}.attrs`]);
      expect(await readdir(folder)).to.deep.equal(["porto.json"]);
    });
  }

  it("removes those of the backup alone if they are the ones", async () => {
    await writeFile(`${checkpoint}.attrs`, whole);
    await writeFile(`${checkpoint}.bak.attrs`, "");
    expect(await removeUnreadableAttributes(checkpoint)).to.deep.equal([`${checkpoint}.bak.attrs`]);
    expect(await readdir(folder)).to.have.members(["porto.json", "porto.json.attrs"]);
  });

  it("touches nothing else, and needs no file to be there", async () => {
    await writeFile(join(folder, "faro.json.attrs"), "");
    expect(await removeUnreadableAttributes(checkpoint)).to.deep.equal([]);
    expect(await removeUnreadableAttributes(join(folder, "gone", "none.json"))).to.deep.equal([]);
    expect(await readdir(folder)).to.have.members(["porto.json", "faro.json.attrs"]);
  });
});

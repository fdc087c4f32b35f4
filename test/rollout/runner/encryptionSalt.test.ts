import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { crypterOf } from "../../../engine/secrets/passphrase";
import { fleetSalt, passphraseOf } from "../../../rollout/runner/encryptionSalt";

describe("the fleet's encryption salt", () => {
  let out: string;
  beforeEach(async () => void (out = await mkdtemp(join(tmpdir(), "edgewave-salt-"))));
  afterEach(() => rm(out, { recursive: true }));

  it("is made once, also when several workers come at once, and is one that Pulumi accepts", async () => {
    const salts = await Promise.all([fleetSalt(out, "horse"), fleetSalt(out, "horse")]);
    expect(new Set([...salts, await fleetSalt(out, "horse")]).size).to.equal(1);
    expect(await readdir(out)).to.deep.equal(["encryptionsalt"]);
    const crypter = await crypterOf("horse", salts[0]);
    expect(crypter.decrypt(crypter.encrypt("battery"))).to.equal("battery");
    const refused = await crypterOf("donkey", salts[0]).catch((error: unknown) => error);
    expect(String(refused)).to.contain("incorrect passphrase");
  });

  it("takes the passphrase from the environment, or from the file that it names, as Pulumi does", async () => {
    const file = join(out, "passphrase");
    await writeFile(file, "from a file\n");
    expect(await passphraseOf({ PULUMI_CONFIG_PASSPHRASE_FILE: file })).to.equal("from a file");
    expect(await passphraseOf({ PULUMI_CONFIG_PASSPHRASE: "", PULUMI_CONFIG_PASSPHRASE_FILE: file })).to.equal("");
    const missing = await passphraseOf({}).catch((error: unknown) => error);
    expect(String(missing)).to.contain("set PULUMI_CONFIG_PASSPHRASE");
  });
});

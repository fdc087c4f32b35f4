import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { EncryptingCodec, plaintextCodec, secretsProviderOf } from "../../../engine/secrets/manager";
import { crypterOf, newSaltLine } from "../../../engine/secrets/passphrase";
import { openDeployment, parseCheckpoint } from "../../../engine/state/checkpoint";
import { resourceToJson } from "../../../engine/state/resource";
import { failureOf } from "../support/failure";
import { SALT } from "../support/workspace";

const DATA = join(__dirname, "../../data/official");
const env = { PULUMI_CONFIG_PASSPHRASE: "edgewave" };

describe("passphrase secrets", () => {
  for (const name of readdirSync(DATA)) {
    it(`of the official CLI's checkpoint '${name}' are all opened, and stay as they are`, async () => {
      const text = readFileSync(join(DATA, name, "2-up.state.json"), "utf8");
      const raw = parseCheckpoint(text, name);
      const provider = secretsProviderOf(raw.deployment?.["secrets_providers"]);
      const codec = await EncryptingCodec.create(env, provider ?? { type: "passphrase", salt: "" });
      const { resources } = openDeployment(raw.deployment, codec);
      const open = JSON.stringify(resources.map(({ fields }) => resourceToJson(fields, plaintextCodec)));
      expect(open).to.not.include('"ciphertext"');
      expect(open.split('"plaintext"')).to.have.length(text.split('"ciphertext"').length);
      // An untouched resource keeps every byte; a touched one keeps its cipher texts.
      const written = `[${resources.map((resource) => resource.serialize(codec)).join(",")}]`;
      expect(text).to.include(written);
      resources.forEach((resource) => resource.update({}));
      const again: unknown = JSON.parse(`[${resources.map((resource) => resource.serialize(codec)).join(",")}]`);
      expect(again).to.deep.equal(JSON.parse(written));
    });
  }

  it("come back under a new salt", async () => {
    const crypter = await crypterOf("p", await newSaltLine("p"));
    expect(crypter.decrypt(crypter.encrypt("ünï"))).to.equal("ünï");
    expect(crypter.encrypt("x")).to.not.equal(crypter.encrypt("x"));
  });

  it("say that the passphrase is wrong", async () => {
    expect((await failureOf(crypterOf("other", SALT))).message).to.equal("incorrect passphrase");
  });

  it("say that a text was damaged", async () => {
    const crypter = await crypterOf("edgewave", SALT);
    const damaged = crypter.encrypt("secret").replace(/.{6}$/, "AAAA==");
    expect(() => crypter.decrypt(damaged)).to.throw("cannot be decrypted");
  });
});

// A stack of 46 resources as a site is made of: the program that both engines run.
const { join } = require("node:path");

const command = require("@pulumi/command");
const kubernetes = require("@pulumi/kubernetes");
const random = require("@pulumi/random");
const tls = require("@pulumi/tls");

module.exports = (folder) => async () => {
  const key = new tls.PrivateKey("key", { algorithm: "ED25519" });
  const password = new random.RandomPassword("password", { length: 24 });
  new random.RandomPet("pet", {});
  new command.local.Command("note", { create: "true" });
  const provider = new kubernetes.Provider("render", { renderYamlToDirectory: join(folder, "rendered") });
  for (let i = 0; i < 40; i++) {
    const metadata = { name: `config-${i}`, namespace: "edge" };
    new kubernetes.core.v1.ConfigMap(`config-${i}`, { metadata, data: { index: String(i) } }, { provider });
  }
  return { fingerprint: key.publicKeyFingerprintSha256, password: password.result };
};

import { execFileSync, spawnSync } from "node:child_process";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { openSecret, readSealed, sealedText, sealSecret, type SecretObject } from "../../../gitops/sops/seal";
import { sealedProblem } from "../../../gitops/sops/sealedProblem";
import { firstTime, needsSops } from "../../support/sops";

const secret: SecretObject = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "velero-s3", namespace: "velero" },
  type: "Opaque",
  stringData: { cloud: "[default]\naws_access_key_id=a\n", empty: "", unicode: "Åß☃", number: "0123" },
};

describe("the real sops", function () {
  let sops = "";
  let folder = "";
  let identity = "";
  let recipient = "";
  before(async function () {
    this.timeout(firstTime);
    sops = await needsSops(this);
    folder = mkdtempSync(path.join(tmpdir(), "edgewave-sops-"));
    identity = await generateX25519Identity();
    recipient = await identityToRecipient(identity);
    writeFileSync(path.join(folder, "key.txt"), `${identity}\n`, { mode: 0o600 });
  });
  after(() => {
    if (folder !== "") rmSync(folder, { recursive: true, force: true });
  });

  const environment = () => ({
    PATH: process.env["PATH"],
    HOME: folder,
    SOPS_AGE_KEY_FILE: path.join(folder, "key.txt"),
  });
  const write = (name: string, text: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  it("decrypts what edgewave has sealed, and verifies its digest", async () => {
    const file = write("ours.yaml", sealedText(await sealSecret(secret, recipient, new Date())));
    const clear = execFileSync(sops, ["--decrypt", file], { env: environment(), encoding: "utf8" });
    expect(parse(clear)).to.deep.equal(secret);
  });

  it("refuses it when somebody has changed what is in clear", async () => {
    const text = sealedText(await sealSecret(secret, recipient, new Date())).replace("name: velero-s3", "name: other");
    const { status, stderr } = spawnSync(sops, ["--decrypt", write("changed.yaml", text)], {
      env: environment(),
      encoding: "utf8",
    });
    expect(status).not.to.equal(0);
    expect(stderr).to.match(/MAC mismatch/i);
  });

  it("encrypts what edgewave opens and lets into Git", async () => {
    const file = write("theirs.yaml", JSON.stringify(secret));
    const flags = ["--encrypt", "--input-type", "yaml", "--output-type", "yaml", "--age", recipient];
    const text = execFileSync(sops, [...flags, "--encrypted-regex", "^(data|stringData)$", file], {
      env: environment(),
      encoding: "utf8",
    });
    const sealed = readSealed(text);
    expect(sealedProblem(sealed, recipient)).to.equal(undefined);
    expect(await openSecret(sealed, identity)).to.deep.equal(secret);
  });

  it("rotates to a further recipient a file that edgewave sealed", async () => {
    const other = await generateX25519Identity();
    const file = write("rotated.yaml", sealedText(await sealSecret(secret, recipient, new Date())));
    const further = await identityToRecipient(other);
    execFileSync(sops, ["rotate", "--in-place", "--add-age", further, file], { env: environment() });
    expect(await openSecret(readSealed(readFileSync(file, "utf8")), other)).to.deep.equal(secret);
  });
});

describe("age", () => {
  it("of Debian opens the data key that the library wrapped", async function () {
    if (spawnSync("age", ["--version"]).status !== 0) {
      if (process.env["CI"] !== undefined) throw new Error("age is not on the PATH");
      console.log("      skipped: age is not on the PATH");
      this.skip();
    }
    const folder = mkdtempSync(path.join(tmpdir(), "edgewave-age-"));
    try {
      const identity = await generateX25519Identity();
      writeFileSync(path.join(folder, "key.txt"), `${identity}\n`, { mode: 0o600 });
      const { sops } = await sealSecret(secret, await identityToRecipient(identity), new Date());
      const input = sops.age[0]?.enc ?? "";
      const key = execFileSync("age", ["--decrypt", "--identity", path.join(folder, "key.txt")], { input });
      expect(key).to.have.lengthOf(32);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

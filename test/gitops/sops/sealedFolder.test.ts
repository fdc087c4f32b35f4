import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { expect } from "chai";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { cutForSite } from "../../../gitops/cut";
import { renderRelease } from "../../../gitops/render/release";
import { openSecret, readSealed } from "../../../gitops/sops/seal";
import { sealedFor } from "../../../gitops/sops/sealedFolder";
import { aRelease, aSite } from "../../support/fleet";

describe("the folder of sealed secrets", () => {
  let folder = "";
  let identity = "";
  let recipient = "";
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "edgewave-sealed-"));
    identity = await generateX25519Identity();
    recipient = await identityToRecipient(identity);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const seal = (to = recipient, now = () => new Date()) => sealedFor({ folder, site: aSite(), recipient: to, now });

  it("gives the same bytes every time, so that an unchanged release makes no commit", async () => {
    const first = await seal();
    expect(first.map(({ service, file }) => `${service}/${file}`)).to.deep.equal([
      "versitygw/versitygw-root.yaml",
      "velero/velero-s3.yaml",
    ]);
    expect(await seal(recipient, () => new Date(0))).to.deep.equal(first);
  });

  it("gives both sides of a login the same credentials", async () => {
    const [root, velero] = await Promise.all((await seal()).map(({ text }) => openSecret(readSealed(text), identity)));
    const { rootAccessKeyId, rootSecretAccessKey } = root?.stringData ?? {};
    expect(rootSecretAccessKey).to.have.lengthOf(32);
    expect(velero?.stringData?.["cloud"]).to.equal(
      `[default]\naws_access_key_id=${rootAccessKeyId}\naws_secret_access_key=${rootSecretAccessKey}\n`,
    );
  });

  it("makes a whole group anew when one of it is gone or is for another key", async () => {
    const first = await seal();
    rmSync(path.join(folder, "porto", "velero.velero-s3.yaml"));
    const second = await seal();
    expect(second.map(({ text }) => text)).to.satisfy((texts: string[]) => texts.every((t, i) => t !== first[i]?.text));
    const other = await identityToRecipient(await generateX25519Identity());
    for (const [index, { text }] of (await seal(other)).entries()) {
      expect(text).to.include(other).and.not.equal(second[index]?.text);
    }
  });

  it("holds nothing in clear", async () => {
    await seal();
    for (const file of readdirSync(path.join(folder, "porto"))) {
      expect(readFileSync(path.join(folder, "porto", file), "utf8"))
        .to.match(/ENC\[AES256_GCM,/)
        .and.not.match(/aws_secret/);
    }
  });

  it("is rendered beside the service, which Flux then decrypts with the site's key", async () => {
    const site = aSite();
    const sealed = new Map([[site.name, await seal()]]);
    const cut = cutForSite(renderRelease(aRelease(), [site], { sealed }), site.name);
    expect(cut.get("applications/overlays/porto/values/velero/velero-s3.yaml")).to.equal(
      sealed.get("porto")?.[1]?.text,
    );
    expect(cut.get("applications/overlays/porto/values/velero/kustomization.yaml")).to.include("- velero-s3.yaml");
    const decryption = "decryption:\n    provider: sops\n    secretRef:\n      name: sops-age\n";
    expect(cut.get("applications/overlays/porto/services/velero.yaml")).to.include(decryption);
    expect(cut.get("applications/overlays/porto/services/loki.yaml")).not.to.include("decryption");
  });
});

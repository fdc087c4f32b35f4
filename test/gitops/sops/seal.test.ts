import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { expect } from "chai";
import fc from "fast-check";
import { NotAuthentic } from "../../../gitops/sops/format";
import { openSecret, readSealed, sealedText, sealSecret, type SecretObject } from "../../../gitops/sops/seal";
import { sealedProblem } from "../../../gitops/sops/sealedProblem";

const secretOf = (stringData: Record<string, string>): SecretObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "velero-s3", namespace: "velero" },
  type: "Opaque",
  stringData,
});
const at = new Date("2026-11-02T10:00:00.123Z");

describe("a sealed Secret", () => {
  let identity = "";
  let recipient = "";
  before(async () => {
    identity = await generateX25519Identity();
    recipient = await identityToRecipient(identity);
  });

  it("opens to what it was, for its recipient, through a file", async () => {
    const key = fc.stringMatching(/^[a-z][a-zA-Z0-9._-]{0,20}$/).filter((name) => name !== "__proto__");
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, fc.string({ unit: "grapheme" }), { maxKeys: 4 }), async (data) => {
        const sealed = readSealed(sealedText(await sealSecret(secretOf(data), recipient, at)));
        expect(await openSecret(sealed, identity)).to.deep.equal(secretOf(data));
      }),
      { numRuns: 25 },
    );
  });

  it("shows its name and keys, and no value", async () => {
    const text = sealedText(await sealSecret(secretOf({ cloud: "hunter2-hunter2" }), recipient, at));
    expect(text).to.include("velero-s3").and.include("cloud:").and.include(recipient);
    expect(text).not.to.include("hunter2");
    expect(sealedProblem(readSealed(text), recipient)).to.equal(undefined);
  });

  it("is another one with each call, so that equal values are not told", async () => {
    const [one, two] = [1, 2].map(() => sealSecret(secretOf({ a: "same", b: "same" }), recipient, at));
    const first = await one!;
    expect(first.stringData?.["a"]).not.to.equal(first.stringData?.["b"]);
    expect(sealedText(first)).not.to.equal(sealedText(await two!));
  });

  const changes: readonly (readonly [string, (secret: SecretObject) => SecretObject])[] = [
    ["a name that was changed", (secret) => ({ ...secret, metadata: { ...secret.metadata, name: "other" } })],
    ["a type that was changed", (secret) => ({ ...secret, type: "kubernetes.io/basic-auth" })],
    ["a value that was taken away", (secret) => ({ ...secret, stringData: { a: secret.stringData?.["a"] ?? "" } })],
    [
      "values that changed places",
      ({ stringData: { a = "", b = "" } = {}, ...secret }) => ({ ...secret, stringData: { a: b, b: a } }),
    ],
    ["a value in clear beside the others", (secret) => ({ ...secret, stringData: { ...secret.stringData, c: "x" } })],
  ];
  for (const [what, change] of changes) {
    it(`is refused for ${what}`, async () => {
      const sealed = await sealSecret(secretOf({ a: "1", b: "2" }), recipient, at);
      const changed = { ...sealed, ...change(sealed) };
      const error = await openSecret(changed, identity).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(NotAuthentic);
    });
  }

  it("is refused for another key", async () => {
    const sealed = await sealSecret(secretOf({ a: "1" }), recipient, at);
    const error = await openSecret(sealed, await generateX25519Identity()).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(NotAuthentic).with.property("message", "it is not encrypted for this key");
  });

  it("may go to Git only encrypted, whole, and for the site", async () => {
    const sealed = await sealSecret(secretOf({ a: "1", b: "2" }), recipient, at);
    expect(sealedProblem(secretOf({ a: "1" }), recipient)).to.equal("is in clear");
    expect(sealedProblem({ ...sealed, stringData: { ...sealed.stringData, b: "2" } }, recipient)).to.equal(
      "has stringData.b in clear",
    );
    expect(sealedProblem(sealed, "age1other")).to.match(/^is not encrypted for the site's recipient/);
    expect(sealedProblem(sealed, undefined)).to.match(/not known$/);
  });
});

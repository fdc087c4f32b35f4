import { expect } from "chai";
import fc from "fast-check";
import { parseAllDocuments } from "yaml";
import { derivedSecret, secretManifests, type SecretData } from "../../../components/secrets/plan";

describe("secret manifests", () => {
  const label = fc.stringMatching(/^[a-z]{1,8}$/);
  const secret: fc.Arbitrary<SecretData> = fc.record({
    namespace: label,
    name: label,
    type: fc.constant("Opaque"),
    data: fc.dictionary(label, fc.string(), { maxKeys: 3 }),
  });
  const secrets = fc.uniqueArray(secret, { selector: ({ namespace, name }) => `${namespace}/${name}`, maxLength: 5 });

  it("hold every secret with its values, in an order of their own", () => {
    fc.assert(
      fc.property(secrets, (given) => {
        const text = secretManifests(given);
        const documents = parseAllDocuments(text, { version: "1.1" });
        const read = (Array.isArray(documents) ? documents : []).map((document) => document.toJS());
        expect(read).to.have.length(given.length);
        for (const { namespace, name, type, data } of given) {
          const found = read.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
          expect(found).to.include({ apiVersion: "v1", kind: "Secret", type });
          expect(found.stringData).to.deep.equal({ ...data });
        }
        expect(secretManifests([...given].reverse())).to.equal(text);
      }),
    );
  });

  it("are nothing for no secrets", () => expect(secretManifests([])).to.equal(""));
});

describe("a derived secret", () => {
  it("is the same for the same root and purpose, and another for any other", () => {
    expect(derivedSecret("root", "a")).to.equal(derivedSecret("root", "a"));
    expect(derivedSecret("root", "a")).not.to.equal(derivedSecret("root", "b"));
    expect(derivedSecret("root", "a")).not.to.equal(derivedSecret("other", "a"));
  });

  it("stands for 32 bytes in characters that need no escape in a URL", () => {
    const secret = derivedSecret("root", "gitea jwt secret");
    expect(secret).to.match(/^[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(secret, "base64url")).to.have.length(32);
  });
});

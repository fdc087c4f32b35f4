import { expect } from "chai";
import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { withoutSecrets } from "../../../../engine/property/shape";
import { Secret } from "../../../../engine/property/value";
import type { PropertyMap } from "../../../../engine/property/value";
import type { ConfiguredProvider } from "../../../../engine/providers/provider";
import { der, dottedForm, integer, objectIdentifier, readDer, sequence } from "../../../../engine/providers/tls/der";
import { openSshPublicKey, publicKeyOfOpenSsh } from "../../../../engine/providers/tls/openssh";
import { fromPem, toPem } from "../../../../engine/providers/tls/pem";
import { tlsProvider } from "../../../../engine/providers/tls/provider";
import { keyUsages } from "../../../../engine/providers/tls/usages";
import { recordedResources, recordingContext } from "../recording";

const types = {
  key: "tls:index/privateKey:PrivateKey",
  self: "tls:index/selfSignedCert:SelfSignedCert",
  request: "tls:index/certRequest:CertRequest",
  local: "tls:index/locallySignedCert:LocallySignedCert",
};
const now = new Date("2026-12-01T12:00:00.250Z");

describe("the tls provider", () => {
  let provider: ConfiguredProvider;
  let time = now;
  before(async () => {
    provider = await tlsProvider(() => time).configure({}, recordingContext());
  });
  beforeEach(() => {
    time = now;
  });

  const make = async (type: string, inputs: PropertyMap, context = recordingContext()) => {
    const created = await provider.create({ urn: "u", type, name: "n", inputs, timeout: 0, preview: false }, context);
    return {
      id: created.id,
      outputs: created.outputs,
      clear: withoutSecrets(created.outputs) as Record<string, string>,
    };
  };
  const failures = async (type: string, news: PropertyMap) => {
    const request = { urn: "u", type, name: "n", olds: {}, news, randomSeed: new Uint8Array(32) };
    return (await provider.check(request, recordingContext())).failures.map((failure) => failure.property);
  };

  describe("PrivateKey", () => {
    for (const [algorithm, ecdsaCurve, label, ssh] of [
      ["RSA", undefined, "RSA PRIVATE KEY", "ssh-rsa"],
      ["ECDSA", "P256", "EC PRIVATE KEY", "ecdsa-sha2-nistp256"],
      ["ECDSA", "P384", "EC PRIVATE KEY", "ecdsa-sha2-nistp384"],
      ["ECDSA", "P521", "EC PRIVATE KEY", "ecdsa-sha2-nistp521"],
      ["ED25519", undefined, "PRIVATE KEY", "ssh-ed25519"],
    ] as const) {
      it(`makes one key in every form: ${algorithm} ${ecdsaCurve ?? ""}`, async () => {
        const { outputs, clear } = await make(types.key, { algorithm, ...(ecdsaCurve ? { ecdsaCurve } : {}) });
        expect(clear["privateKeyPem"]).to.include(`-----BEGIN ${label}-----`);
        const publicPem = clear["publicKeyPem"] ?? "";
        for (const form of ["privateKeyPem", "privateKeyPemPkcs8"] as const) {
          const key = createPublicKey(createPrivateKey(clear[form] ?? ""));
          expect(key.export({ format: "pem", type: "spki" })).to.equal(publicPem);
        }
        const fromSsh = publicKeyOfOpenSsh(clear["privateKeyOpenssh"] ?? "");
        expect(fromSsh.export({ format: "pem", type: "spki" })).to.equal(publicPem);
        expect(clear["publicKeyOpenssh"]).to.match(new RegExp(`^${ssh} [A-Za-z0-9+/]+=*\n$`));
        for (const secret of ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"]) {
          expect(outputs[secret]).to.be.instanceOf(Secret);
        }
      });
    }

    it("gives a key on the default curve P224 no forms of OpenSSH, which does not know it", async () => {
      const { clear } = await make(types.key, { algorithm: "ECDSA" });
      expect(clear).to.include({
        ecdsaCurve: "P224",
        privateKeyOpenssh: "",
        publicKeyOpenssh: "",
        publicKeyFingerprintMd5: "",
        publicKeyFingerprintSha256: "",
      });
    });

    it("tells of recorded keys what the official provider told, by getPublicKey from both forms", async () => {
      const told = [
        "publicKeyPem",
        "publicKeyOpenssh",
        "publicKeyFingerprintMd5",
        "publicKeyFingerprintSha256",
        "algorithm",
      ];
      const keys = (await recordedResources("tls", "2-up")).filter((one) => one.type === types.key);
      expect(keys).to.have.length(3);
      for (const { id, outputs } of keys) {
        const clear = withoutSecrets(outputs) as PropertyMap;
        for (const [form, text] of [
          ["privateKeyPem", clear["privateKeyPem"]],
          ["privateKeyOpenssh", clear["privateKeyOpenssh"]],
        ] as const) {
          const { result } = await provider.invoke(
            "tls:index/getPublicKey:getPublicKey",
            { [form]: new Secret(text ?? null) },
            recordingContext(),
          );
          expect(result["id"]).to.equal(id);
          for (const name of told) expect(result[name], name).to.equal(clear[name]);
        }
      }
    });

    it("asks getPublicKey for exactly one key", async () => {
      const invoke = async (args: PropertyMap) =>
        (await provider.invoke("tls:index/getPublicKey:getPublicKey", args, recordingContext())).failures.length;
      expect(await invoke({})).to.equal(1);
      expect(await invoke({ privateKeyPem: "a", privateKeyOpenssh: "b" })).to.equal(1);
    });

    for (const [inputs, expected] of [
      [{}, ["algorithm"]],
      [{ algorithm: "DSA" }, ["algorithm"]],
      [{ algorithm: "ECDSA", ecdsaCurve: "P255" }, ["ecdsaCurve"]],
      [{ algorithm: "RSA", rsaBits: 64 }, ["rsaBits"]],
    ] as const) {
      it(`finds ${expected.join()} in ${JSON.stringify(inputs)}`, async () => {
        expect(await failures(types.key, inputs)).to.deep.equal(expected);
      });
    }
  });

  describe("certificates", () => {
    let caKey: Record<string, string>;
    let ca: Record<string, string>;
    const authority = { isCaCertificate: true, validityPeriodHours: 24, allowedUses: ["cert_signing", "crl_signing"] };
    before(async () => {
      caKey = (await make(types.key, { algorithm: "ECDSA", ecdsaCurve: "P256" })).clear;
      const subject = { commonName: "edge site ca", organization: "edge" };
      ca = (await make(types.self, { privateKeyPem: caKey["privateKeyPem"] ?? "", subject, ...authority })).clear;
    });

    const issue = async (extra: PropertyMap, names: PropertyMap = {}, context = recordingContext()) => {
      const key = (await make(types.key, { algorithm: "ED25519" })).clear;
      const request = await make(types.request, {
        privateKeyPem: key["privateKeyPem"] ?? "",
        subject: { commonName: "gitea.site.lan", emailAddress: "a@b.c" },
        ...names,
      });
      return await make(
        types.local,
        {
          certRequestPem: request.clear["certRequestPem"] ?? "",
          caCertPem: ca["certPem"] ?? "",
          caPrivateKeyPem: caKey["privateKeyPem"] ?? "",
          validityPeriodHours: 12,
          allowedUses: ["digital_signature", "server_auth"],
          ...extra,
        },
        context,
      );
    };

    it("sign themselves, with serial number, times and subject as told", async () => {
      const certificate = new X509Certificate(ca["certPem"] ?? "");
      expect(certificate.verify(certificate.publicKey)).to.equal(true);
      expect(certificate.ca).to.equal(true);
      expect(certificate.subject).to.equal("O=edge\nCN=edge site ca");
      expect(certificate.issuer).to.equal(certificate.subject);
      expect(BigInt(`0x${certificate.serialNumber}`).toString()).to.equal(ca["id"]);
      expect(ca).to.include({
        validityStartTime: "2026-12-01T12:00:00.250Z",
        validityEndTime: "2026-12-02T12:00:00.250Z",
        keyAlgorithm: "ECDSA",
        readyForRenewal: false,
      });
      expect(new Date(certificate.validTo).toISOString()).to.equal("2026-12-02T12:00:00.000Z");
    });

    it("issue what a request asks for, but for an email address", async () => {
      const names = {
        dnsNames: ["gitea.site.lan", "gitea"],
        ipAddresses: ["10.1.2.3", "fe80::1"],
        uris: ["spiffe://a/b"],
      };
      const { clear } = await issue({}, names);
      const certificate = new X509Certificate(clear["certPem"] ?? "");
      const signer = new X509Certificate(ca["certPem"] ?? "");
      expect(certificate.checkIssued(signer)).to.equal(true);
      expect(certificate.verify(signer.publicKey)).to.equal(true);
      expect(certificate.subject).to.equal("CN=gitea.site.lan");
      expect(certificate.subjectAltName).to.equal(
        "DNS:gitea.site.lan, DNS:gitea, IP Address:10.1.2.3, IP Address:FE80:0:0:0:0:0:0:1, URI:spiffe://a/b",
      );
      expect(certificate.ca).to.equal(false);
      expect(certificate.keyUsage).to.deep.equal(["1.3.6.1.5.5.7.3.1"]);
      expect(clear).to.include({ caKeyAlgorithm: "ECDSA" });
    });

    it("warn when the signer is no authority", async () => {
      const selfKey = caKey["privateKeyPem"] ?? "";
      const plain = await make(types.self, { privateKeyPem: selfKey, validityPeriodHours: 1, allowedUses: [] });
      const context = recordingContext();
      await issue({ caCertPem: plain.clear["certPem"] ?? "" }, {}, context);
      expect(context.logged.map((line) => line.severity)).to.deep.equal(["warning"]);
    });

    it("refuse a key that is not the authority's, and tell nothing of it", async () => {
      const other = (await make(types.key, { algorithm: "ED25519" })).clear["privateKeyPem"] ?? "";
      const error = await issue({ caPrivateKeyPem: other }).catch((caught: Error) => caught);
      expect(error).to.be.instanceOf(Error).with.property("message", "caPrivateKeyPem is not the key of caCertPem");
      const broken = await issue({ caPrivateKeyPem: "s3cret" }).catch((caught: Error) => caught);
      expect(String(broken)).to.include("caPrivateKeyPem").and.not.include("s3cret");
    });

    it("need a subject for an authority", async () => {
      const made = make(types.self, { privateKeyPem: caKey["privateKeyPem"] ?? "", ...authority });
      expect(await made.catch((error: Error) => error.message)).to.include("needs a subject");
    });

    it("need a key id to refer to", async () => {
      const inputs = { privateKeyPem: caKey["privateKeyPem"] ?? "", validityPeriodHours: 1, allowedUses: [] };
      const made = make(types.self, { ...inputs, setAuthorityKeyId: true });
      expect(await made.catch((error: Error) => error.message)).to.include("setAuthorityKeyId needs");
    });

    it("find every setting that no certificate can have", async () => {
      const found = await failures(types.self, {
        privateKeyPem: "x",
        validityPeriodHours: -1,
        allowedUses: ["server_auth", "all"],
        maxPathLength: 2,
        ipAddresses: ["10.0.0.256"],
        dnsNames: ["é"],
      });
      expect(found).to.deep.equal([
        "allowedUses[1]",
        "validityPeriodHours",
        "maxPathLength",
        "dnsNames[0]",
        "ipAddresses[0]",
      ]);
      expect(await failures(types.self, { subject: { name: "x" } })).to.include("subject.name");
    });

    describe("renewal", () => {
      const diff = async (oldOutputs: PropertyMap, extra: PropertyMap) => {
        const newInputs = {
          privateKeyPem: caKey["privateKeyPem"] ?? "",
          subject: oldOutputs["subject"] ?? null,
          ...authority,
          ...extra,
        };
        const request = {
          urn: "u",
          type: types.self,
          id: "1",
          oldInputs: {},
          oldOutputs,
          newInputs,
          ignoreChanges: [],
        };
        return await provider.diff(request, recordingContext());
      };

      for (const [title, hours, early, expected] of [
        ["before its time", 22, 1, []],
        ["from its time on", 23, 1, ["readyForRenewal"]],
        ["after its end, without early renewal", 25, 0, ["readyForRenewal"]],
      ] as const) {
        it(`replaces a certificate ${expected.length > 0 ? "" : "not "}${title}`, async () => {
          time = new Date(now.getTime() + hours * 3_600_000);
          const found = await diff({ ...ca, earlyRenewalHours: early }, { earlyRenewalHours: early });
          expect(found.replaces).to.deep.equal(expected);
        });
      }

      it("changes the hours of early renewal in place", async () => {
        const { diffs, replaces } = await diff(ca, { earlyRenewalHours: 1 });
        expect({ diffs, replaces }).to.deep.equal({ diffs: ["earlyRenewalHours"], replaces: [] });
      });

      it("is shown by a refresh", async () => {
        const read = async () =>
          (
            await provider.read(
              { urn: "u", type: types.self, name: "n", id: "1", inputs: {}, outputs: ca },
              recordingContext(),
            )
          ).outputs;
        expect((await read())["readyForRenewal"]).to.equal(false);
        time = new Date(now.getTime() + 24 * 3_600_000);
        expect((await read())["readyForRenewal"]).to.equal(true);
      });
    });

    it("keep a path length that is no longer asked for", async () => {
      const olds = { ...ca, maxPathLength: 1 };
      const newInputs = {
        privateKeyPem: caKey["privateKeyPem"] ?? "",
        subject: { commonName: "edge site ca", organization: "edge" },
        ...authority,
      };
      const request = {
        urn: "u",
        type: types.self,
        id: "1",
        oldInputs: {},
        oldOutputs: olds,
        newInputs,
        ignoreChanges: [],
      };
      expect((await provider.diff(request, recordingContext())).changes).to.equal("none");
    });

    it("find what the official provider recorded between two runs", async () => {
      const after = await recordedResources("tls", "5-up-changed");
      const found: Record<string, unknown> = {};
      for (const old of await recordedResources("tls", "2-up")) {
        const inputs = after.find((one) => one.urn === old.urn)?.inputs ?? {};
        if (old.type.startsWith("pulumi:")) continue;
        const request = {
          ...old,
          oldInputs: old.inputs,
          oldOutputs: old.outputs,
          newInputs: inputs,
          ignoreChanges: [],
        };
        const { diffs, replaces } = await provider.diff(request, recordingContext());
        if (diffs.length > 0) found[old.name] = { diffs, replaces };
      }
      expect(found).to.deep.equal({ cert: { diffs: ["validityPeriodHours"], replaces: ["validityPeriodHours"] } });
    });
  });
});

describe("DER and PEM", () => {
  it("read back what they write, whatever its length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70000 }), fc.uint8Array({ maxLength: 300 }), (first, second) => {
        const [whole] = readDer(sequence(der(0x04, first), der(0x0c, second)));
        const parts = readDer(whole?.content ?? Buffer.of()).map((part) => Buffer.from(part.content));
        expect(parts).to.deep.equal([Buffer.from(first), Buffer.from(second)]);
        expect(fromPem(toPem("X", first), ["X"], "text")).to.deep.equal(Buffer.from(first));
      }),
    );
  });

  it("write numbers that are not negative, in as few bytes as can be", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 160n }), (value) => {
        const [{ content } = { content: Buffer.of() }] = readDer(integer(value));
        expect(BigInt(`0x${content.toString("hex")}`)).to.equal(value);
        expect((content[0] ?? 0) & 0x80).to.equal(0);
        if (content.length > 1 && content[0] === 0) expect((content[1] ?? 0) & 0x80).to.equal(0x80);
      }),
    );
  });

  for (const dotted of ["2.5.29.37.0", "1.2.840.113549.1.9.14", "2.16.840.1.113730.4.1", "1.3.101.112"]) {
    it(`read back the identifier ${dotted}`, () => {
      expect(dottedForm(readDer(objectIdentifier(dotted))[0]?.content ?? Buffer.of())).to.equal(dotted);
    });
  }

  it("refuse bytes that end within a value or have no definite length", () => {
    for (const bytes of [[0x30, 0x05, 0x00], [0x30, 0x80, 0x00, 0x00], [0x30], [0x30, 0x82, 0x01]]) {
      expect(() => readDer(Buffer.from(bytes))).to.throw("DER");
    }
  });

  it("write key usages without the bits that do not count", () => {
    expect(keyUsages(["cert_signing", "crl_signing"])).to.deep.equal({ bytes: Buffer.of(6), unused: 1 });
    expect(keyUsages(["decipher_only"])).to.deep.equal({ bytes: Buffer.of(0, 0x80), unused: 7 });
    expect(keyUsages(["server_auth"])).to.equal(undefined);
  });

  it("name no form of SSH for a key that it does not know", () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "secp224r1" });
    expect(openSshPublicKey(publicKey)).to.equal(undefined);
  });
});

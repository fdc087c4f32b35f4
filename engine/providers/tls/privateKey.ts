import type { BridgedResource } from "../bridge/resource";
import { algorithms, curves, isCurve, makeKey, publicKeyInfo, publicKeyProperties, sha1Hex } from "./keys";
import type { Algorithm } from "./keys";
import { openSshPrivateKey } from "./openssh";

/** The official provider makes no smaller keys useful; OpenSSL makes none below this. */
const leastRsaBits = 512;

/** `tls:index/privateKey:PrivateKey`; its id is the SHA-1 of the public key. */
export const privateKey: BridgedResource = {
  type: "tls:index/privateKey:PrivateKey",
  attributes: {
    algorithm: { kind: "string", role: "required" },
    rsaBits: { kind: "integer", role: "optional", default: 2048 },
    ecdsaCurve: { kind: "string", role: "optional", default: "P224" },
    privateKeyPem: { kind: "string", role: "computed", sensitive: true },
    privateKeyOpenssh: { kind: "string", role: "computed", sensitive: true },
    privateKeyPemPkcs8: { kind: "string", role: "computed", sensitive: true },
    publicKeyPem: { kind: "string", role: "computed" },
    publicKeyOpenssh: { kind: "string", role: "computed" },
    publicKeyFingerprintMd5: { kind: "string", role: "computed" },
    publicKeyFingerprintSha256: { kind: "string", role: "computed" },
  },
  schemaVersion: 1,
  idOutput: true,
  check({ algorithm, ecdsaCurve, rsaBits }) {
    const failures = [];
    if (typeof algorithm === "string" && !isAlgorithm(algorithm)) {
      failures.push({ property: "algorithm", reason: `is ${algorithm}, but must be one of ${algorithms.join(", ")}` });
    }
    if (typeof ecdsaCurve === "string" && !isCurve(ecdsaCurve)) {
      const names = Object.keys(curves).join(", ");
      failures.push({ property: "ecdsaCurve", reason: `is ${ecdsaCurve}, but must be one of ${names}` });
    }
    if (algorithm === "RSA" && Number(rsaBits ?? leastRsaBits) < leastRsaBits) {
      failures.push({ property: "rsaBits", reason: `must be at least ${leastRsaBits}` });
    }
    return failures;
  },
  async create(planned) {
    const algorithm = String(planned["algorithm"]);
    const curve = String(planned["ecdsaCurve"]);
    if (!isAlgorithm(algorithm) || !isCurve(curve)) throw new Error(`there are no keys of ${algorithm} on ${curve}`);
    const key = await makeKey(algorithm, Number(planned["rsaBits"]), curve);
    const own = { RSA: "pkcs1", ECDSA: "sec1", ED25519: "pkcs8" } as const;
    return {
      id: sha1Hex(publicKeyInfo(key)),
      computed: {
        privateKeyPem: key.export({ format: "pem", type: own[algorithm] }).toString(),
        privateKeyPemPkcs8: key.export({ format: "pem", type: "pkcs8" }).toString(),
        privateKeyOpenssh: openSshPrivateKey(key),
        ...publicKeyProperties(key),
      },
    };
  },
};

function isAlgorithm(name: string): name is Algorithm {
  return (algorithms as readonly string[]).includes(name);
}

import type { Attribute, BridgedResource } from "../bridge/resource";
import { alternativeNameAttributes, alternativeNameFailures, generalNames } from "./alternativeNames";
import { certificateAttributes, certificateFailures, makeCertificate } from "./certificate";
import { renewal } from "./renewal";
import type { Clock } from "./renewal";
import { parseKey, publicPart } from "./keys";
import { distinguishedName, subjectAttribute } from "./subject";

/** A text in PEM. A state without PEM is of an old provider that kept a hash, which is no change. */
export const pemInput: Attribute = {
  kind: "string",
  role: "required",
  replaces: (old) => typeof old !== "string" || old.includes("-----BEGIN"),
};

/** `tls:index/selfSignedCert:SelfSignedCert`; its id is the serial number. */
export function selfSignedCert(clock: Clock): BridgedResource {
  return {
    type: "tls:index/selfSignedCert:SelfSignedCert",
    attributes: {
      privateKeyPem: { ...pemInput, sensitive: true },
      ...certificateAttributes,
      ...alternativeNameAttributes,
      subject: subjectAttribute,
      setAuthorityKeyId: { kind: "boolean", role: "optional", default: false },
      keyAlgorithm: { kind: "string", role: "computed" },
    },
    schemaVersion: 0,
    idOutput: true,
    check: (inputs) => [...certificateFailures(inputs), ...alternativeNameFailures(inputs)],
    async create(planned) {
      const { key, algorithm } = parseKey(String(planned["privateKeyPem"]), "privateKeyPem");
      const name = distinguishedName(planned["subject"]);
      if (planned["isCaCertificate"] === true && name.length === 2) {
        throw new Error("a certificate with isCaCertificate needs a subject (RFC 5280, 4.1.2.6)");
      }
      const holder = { name, publicKey: publicPart(key), alternativeNames: generalNames(planned) };
      const made = makeCertificate(planned, holder, key, clock());
      return { id: made.id, computed: { ...made.computed, keyAlgorithm: algorithm } };
    },
    ...renewal(clock),
  };
}

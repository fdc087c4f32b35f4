import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { BridgedResource } from "../bridge/resource";
import { alternativeNameAttributes, alternativeNameFailures, certifiedNames, generalNames } from "./alternativeNames";
import type { Holder } from "./certificate";
import { der, dottedForm, integer, objectIdentifier, readDer, sequence, setOf } from "./der";
import { alternativeNameExtension, alternativeNamesOf } from "./extensions";
import { parseKey, publicKeyInfo, sha1Hex } from "./keys";
import { fromPem, toPem } from "./pem";
import { pemInput } from "./selfSignedCert";
import { signed } from "./sign";
import { certifiedName, distinguishedName, subjectAttribute } from "./subject";

const label = "CERTIFICATE REQUEST";
/** The attribute that holds the extensions wished for (RFC 2985, 5.4.2). */
const extensionRequest = "1.2.840.113549.1.9.14";

/** `tls:index/certRequest:CertRequest`; its id is the SHA-1 of the request. */
export const certRequest: BridgedResource = {
  type: "tls:index/certRequest:CertRequest",
  attributes: {
    privateKeyPem: { ...pemInput, sensitive: true },
    ...alternativeNameAttributes,
    subject: subjectAttribute,
    keyAlgorithm: { kind: "string", role: "computed" },
    certRequestPem: { kind: "string", role: "computed" },
  },
  schemaVersion: 0,
  idOutput: true,
  check: alternativeNameFailures,
  async create(planned) {
    const { key, algorithm } = parseKey(String(planned["privateKeyPem"]), "privateKeyPem");
    const request = makeRequest(distinguishedName(planned["subject"]), generalNames(planned), key);
    return { id: sha1Hex(request), computed: { keyAlgorithm: algorithm, certRequestPem: toPem(label, request) } };
  },
};

/**
 * What a request in PEM asks to be certified.
 *
 * @throws Error if it is none.
 */
export function parseRequest(pem: string): Holder {
  const bytes = fromPem(pem, [label, `NEW ${label}`], "certRequestPem");
  const [whole] = readDer(bytes);
  const [content] = readDer(whole?.content ?? Buffer.of());
  const [, name, publicKey, ...attributes] = readDer(content?.content ?? Buffer.of());
  if (name === undefined || publicKey === undefined) throw new Error("certRequestPem is not a certificate request");
  return {
    name: certifiedName(name.raw),
    publicKey: createPublicKey({ key: publicKey.raw, format: "der", type: "spki" }),
    alternativeNames: certifiedNames(alternativeNamesOf(wishedExtensions(attributes[0]?.content ?? Buffer.of()))),
  };
}

/** A request of PKCS#10 (RFC 2986). */
function makeRequest(name: Buffer, names: Buffer, key: KeyObject): Buffer {
  const extensions = alternativeNameExtension(names, false);
  const attributes =
    extensions.length === 0 ? [] : [sequence(objectIdentifier(extensionRequest), setOf([sequence(...extensions)]))];
  return signed(sequence(integer(0n), name, publicKeyInfo(key), der(0xa0, ...attributes)), key);
}

function wishedExtensions(attributes: Buffer): Buffer {
  for (const { content } of readDer(attributes)) {
    const [type, values] = readDer(content);
    if (type === undefined || values === undefined || dottedForm(type.content) !== extensionRequest) continue;
    return readDer(values.content)[0]?.content ?? Buffer.of();
  }
  return Buffer.of();
}

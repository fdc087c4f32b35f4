import type { KeyObject } from "node:crypto";
import type { PropertyMap } from "../../property/value";
import { ProviderError } from "../failure";
import type { InvokeResponse } from "../provider";
import { algorithmOf, parseKey, publicKeyInfo, publicKeyProperties, publicPart, sha1Hex } from "./keys";
import { publicKeyOfOpenSsh } from "./openssh";

/** `getPublicKey`: what is told of the public part of a private key in PEM or OpenSSH's format. */
export async function getPublicKey(args: PropertyMap): Promise<InvokeResponse> {
  const { privateKeyPem = null, privateKeyOpenssh = null } = args;
  if ((privateKeyPem === null) === (privateKeyOpenssh === null)) {
    const reason = "give either privateKeyPem or privateKeyOpenssh";
    return { result: {}, failures: [{ property: "privateKeyPem", reason }] };
  }
  const key: KeyObject =
    privateKeyPem === null
      ? publicKeyOfOpenSsh(String(privateKeyOpenssh))
      : publicPart(parseKey(String(privateKeyPem), "privateKeyPem").key);
  const told = { algorithm: algorithmOf(key), id: sha1Hex(publicKeyInfo(key)), ...publicKeyProperties(key) };
  return { result: { ...args, ...told }, failures: [] };
}

/** `getCertificate` looks at a server over the network, which the embedded engine leaves to the official one. */
export async function getCertificate(): Promise<InvokeResponse> {
  throw new ProviderError(
    "EDGE-TLS-001",
    "the embedded engine does not serve tls:index/getCertificate:getCertificate",
    "Give the certificate as text, or run this stack with the official engine",
  );
}

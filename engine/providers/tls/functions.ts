import type { KeyObject } from "node:crypto";
import { mapValues } from "../../property/shape";
import type { PropertyMap, PropertyValue } from "../../property/value";
import type { CallContext, CheckFailure, InvokeResponse } from "../provider";
import { surroundingsOf } from "../surroundings";
import { describe, idOf } from "./describe";
import { algorithmOf, parseKey, publicKeyInfo, publicKeyProperties, publicPart, sha1Hex } from "./keys";
import { publicKeyOfOpenSsh } from "./openssh";
import { peersOfHttps, peersOfTls } from "./peers";
import { fromPem } from "./pem";
import { proxyFor } from "./proxy";

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

/**
 * `getCertificate`: what is told of a certificate in PEM, or of those that a server shows, the root of the chain first.
 *
 * Source: `data_source_certificate.go` of terraform-provider-tls.
 *
 * @throws Error if the server cannot be reached, or its chain is to be verified and is not trusted.
 */
export async function getCertificate(
  args: PropertyMap,
  settings: PropertyMap,
  context: CallContext,
): Promise<InvokeResponse> {
  const { content = null, url = null, verifyChain = null } = args;
  const failures = certificateFailures(content, url, verifyChain);
  if (failures.length > 0) return { result: {}, failures };
  const certificates =
    content === null
      ? [...(await peersOf(String(url), verifyChain !== false, settings, context))].reverse().map(describe)
      : [describe(certificateIn(String(content)))];
  const given = mapValues({ content, url }, (value) => (value === null ? undefined : value));
  return {
    result: { ...given, verifyChain: verifyChain ?? true, certificates, id: idOf(certificates) },
    failures: [],
  };
}

function certificateFailures(
  content: PropertyValue,
  url: PropertyValue,
  verifyChain: PropertyValue,
): readonly CheckFailure[] {
  if ((content === null) === (url === null)) {
    return [{ property: "url", reason: "give either content or url" }];
  }
  if (content !== null && verifyChain !== null) {
    return [{ property: "verifyChain", reason: "is only for a url" }];
  }
  if (url !== null && !/^(https|tls):\/\/[^/]/.test(String(url))) {
    return [{ property: "url", reason: "must begin with https:// or tls://, and name a host" }];
  }
  return [];
}

async function peersOf(
  text: string,
  verify: boolean,
  settings: PropertyMap,
  context: CallContext,
): Promise<readonly Buffer[]> {
  const url = new URL(text);
  const { environment } = surroundingsOf(context);
  const reach = { verify, environment, signal: context.signal };
  if (url.protocol === "https:") {
    return await peersOfHttps(url, { ...reach, proxy: proxyFor(url, settings, environment) });
  }
  if (url.port === "") throw new Error(`URL malformed: Port missing from URL: ${text}`);
  return await peersOfTls(url, { ...reach, proxy: undefined });
}

/** The first block of the text, which must be a certificate. */
function certificateIn(text: string): Buffer {
  const [, label] = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text) ?? [];
  if (label === undefined) throw new Error("content is not a valid PEM encoding of a certificate");
  if (label !== "CERTIFICATE") throw new Error(`Certificate PEM should be "CERTIFICATE", got "${label}"`);
  return fromPem(text, ["CERTIFICATE"], "content");
}

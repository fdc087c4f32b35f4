import { at, shown, text } from "../objects/json";
import { objectOf, type Resource } from "../resource";
import type { ResourceRule, Violation } from "../rule";
import { violation } from "../violation";

/** Bits of RSA that BSI TR-02102-1 (2024) and NIST SP 800-57 (128 bits of security) ask for. */
const rsaBits = 3072;
const passwordCharacters = 16;

export const keyStrength: ResourceRule = {
  name: "key-strength",
  area: "secrets",
  scope: "resource",
  description: "Keys and passwords are strong enough.",
  why: "A site that nobody visits keeps its keys for years.",
  fix: "Use ED25519, ECDSA from P-256 on, RSA from 3072 bits on, and passwords from 16 characters on.",
  level: "mandatory",
  check: (resource) => [...ofPrivateKey(resource), ...ofCertificate(resource), ...ofPassword(resource)],
};

function judge(
  resource: Resource,
  written: { algorithm: unknown; bits: unknown; curve?: unknown },
  fields: { algorithm: string; bits: string; curve?: string },
): readonly Violation[] {
  const algorithm = text(written.algorithm)?.toUpperCase();
  if (algorithm === "RSA") {
    const bits = typeof written.bits === "number" ? written.bits : 2048;
    if (bits >= rsaBits) return [];
    return [
      violation(resource, { field: fields.bits, value: `${bits} bits`, limit: `RSA has at least ${rsaBits} bits` }),
    ];
  }
  if (algorithm === "ECDSA") {
    // The provider's own default is P224.
    const curve = fields.curve === undefined ? undefined : (text(written.curve) ?? "P224");
    if (curve !== "P224" || fields.curve === undefined) return [];
    return [violation(resource, { field: fields.curve, value: curve, limit: "the curve is P256, P384 or P521" })];
  }
  if (algorithm === "ED25519") return [];
  const limit = "it is ED25519, ECDSA or RSA";
  return [violation(resource, { field: fields.algorithm, value: shown(written.algorithm), limit })];
}

function ofPrivateKey(resource: Resource): readonly Violation[] {
  if (resource.type !== "tls:index/privateKey:PrivateKey") return [];
  const { props } = resource;
  return judge(
    resource,
    { algorithm: at(props, "algorithm"), bits: at(props, "rsaBits"), curve: at(props, "ecdsaCurve") },
    { algorithm: "algorithm", bits: "rsaBits", curve: "ecdsaCurve" },
  );
}

/** cert-manager's default is RSA with 2048 bits. */
function ofCertificate(resource: Resource): readonly Violation[] {
  const certificate = objectOf(resource, "cert-manager.io", "Certificate");
  if (certificate === undefined) return [];
  const key = at(certificate.object, "spec", "privateKey");
  return judge(
    resource,
    { algorithm: at(key, "algorithm") ?? "RSA", bits: at(key, "size") },
    { algorithm: "spec.privateKey.algorithm", bits: "spec.privateKey.size" },
  );
}

function ofPassword(resource: Resource): readonly Violation[] {
  if (!/^random:index\/random(Password|String):/.test(resource.type)) return [];
  const length = at(resource.props, "length");
  if (typeof length !== "number" || length >= passwordCharacters) return [];
  const limit = `it has at least ${passwordCharacters} characters`;
  return [violation(resource, { field: "length", value: `${length} characters`, limit })];
}

/** Bits of the key usage extension (RFC 5280, 4.2.1.3), by Terraform's names. */
const keyUsageBits: Readonly<Record<string, number>> = {
  digital_signature: 0,
  content_commitment: 1,
  key_encipherment: 2,
  data_encipherment: 3,
  key_agreement: 4,
  cert_signing: 5,
  crl_signing: 6,
  encipher_only: 7,
  decipher_only: 8,
};

/** Purposes of the extended key usage extension (RFC 5280, 4.2.1.12, and vendors' own). */
const extendedUsageIdentifiers: Readonly<Record<string, string>> = {
  any_extended: "2.5.29.37.0",
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
  code_signing: "1.3.6.1.5.5.7.3.3",
  email_protection: "1.3.6.1.5.5.7.3.4",
  ipsec_end_system: "1.3.6.1.5.5.7.3.5",
  ipsec_tunnel: "1.3.6.1.5.5.7.3.6",
  ipsec_user: "1.3.6.1.5.5.7.3.7",
  timestamping: "1.3.6.1.5.5.7.3.8",
  ocsp_signing: "1.3.6.1.5.5.7.3.9",
  microsoft_server_gated_crypto: "1.3.6.1.4.1.311.10.3.3",
  netscape_server_gated_crypto: "2.16.840.1.113730.4.1",
  microsoft_commercial_code_signing: "1.3.6.1.4.1.311.2.1.22",
  microsoft_kernel_code_signing: "1.3.6.1.4.1.311.61.1.1",
};

/** Every name that `allowedUses` may hold. */
export const usageNames: readonly string[] = [
  ...Object.keys(keyUsageBits),
  ...Object.keys(extendedUsageIdentifiers),
].sort();

/** The bits of the key usages among the names; undefined if there are none. */
export function keyUsages(names: readonly string[]): { readonly bytes: Buffer; readonly unused: number } | undefined {
  const bits = names.flatMap((name) => keyUsageBits[name] ?? []);
  if (bits.length === 0) return undefined;
  const last = Math.max(...bits);
  const bytes = Buffer.alloc(Math.floor(last / 8) + 1);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return { bytes, unused: 7 - (last & 7) };
}

/** The identifiers of the extended key usages among the names, in their order. */
export function extendedUsages(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => extendedUsageIdentifiers[name] ?? []);
}

import { X509Certificate } from "node:crypto";

/** A certificate somewhere at a site. */
export interface FoundCertificate {
  /** For people, such as `mqtt.porto.harbours.example:8883`. */
  readonly where: string;
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/** @throws Error if the certificate does not say until when it is good. */
export function foundCertificate(where: string, certificate: X509Certificate): FoundCertificate {
  const notAfter = Date.parse(certificate.validTo);
  if (Number.isNaN(notAfter)) throw new Error(`the certificate of ${where} has no end that can be read`);
  return { where, subject: certificate.subject.replaceAll("\n", ", "), notAfter };
}

const block = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END/g;

/** All certificates in a text, wherever in it they are and however they are indented. @throws Error for a broken one */
export function certificatesIn(where: string, text: string): FoundCertificate[] {
  return [...text.matchAll(block)].map(([, body = ""]) => {
    try {
      return foundCertificate(where, new X509Certificate(Buffer.from(body, "base64")));
    } catch {
      throw new Error(`${where} holds a certificate that cannot be read`);
    }
  });
}

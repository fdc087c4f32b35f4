import { CertRequest, LocallySignedCert, PrivateKey } from "@pulumi/tls";
import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { Authority } from "./authority";

export interface LeafArgs {
  readonly authority: Authority;
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly use: "server" | "client";
}

export interface Leaf {
  readonly certificate: Output<string>;
  /** PEM in PKCS #8, which OpenSSL, Go, Erlang and Java all read; secret. */
  readonly privateKey: Output<string>;
}

/** Makes an ECDSA P-256 key and a certificate for it that the site's authority signs. */
export function leafCertificate(name: string, args: LeafArgs, opts: CustomResourceOptions): Leaf {
  const key = new PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
  const request = new CertRequest(
    `${name}-request`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: args.commonName },
      dnsNames: [...args.dnsNames],
      ipAddresses: [...args.ipAddresses],
    },
    opts,
  );
  const certificate = new LocallySignedCert(
    name,
    {
      certRequestPem: request.certRequestPem,
      caPrivateKeyPem: args.authority.privateKey,
      caCertPem: args.authority.certificate,
      setSubjectKeyId: true,
      allowedUses: ["digital_signature", args.use === "server" ? "server_auth" : "client_auth"],
      validityPeriodHours: args.authority.validity.leaf.validHours,
      earlyRenewalHours: args.authority.validity.leaf.renewalHours,
    },
    opts,
  );
  return { certificate: certificate.certPem, privateKey: key.privateKeyPemPkcs8 };
}

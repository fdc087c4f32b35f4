import { PrivateKey, SelfSignedCert } from "@pulumi/tls";
import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { Validity } from "./validity";

/** What signs the site's certificates. */
export interface Authority {
  readonly certificate: Output<string>;
  /** PEM; secret. */
  readonly privateKey: Output<string>;
  readonly validity: Validity;
}

export interface AuthorityArgs {
  readonly commonName: string;
  readonly organization: string;
  readonly validity: Validity;
}

/** Makes the site's own certificate authority: an ECDSA P-256 key that never leaves the stack's state. */
export function siteAuthority(name: string, args: AuthorityArgs, opts: CustomResourceOptions): Authority {
  const key = new PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
  const certificate = new SelfSignedCert(
    name,
    {
      privateKeyPem: key.privateKeyPem,
      isCaCertificate: true,
      setSubjectKeyId: true,
      subject: { commonName: args.commonName, organization: args.organization },
      allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
      validityPeriodHours: args.validity.authority.validHours,
      earlyRenewalHours: args.validity.authority.renewalHours,
    },
    opts,
  );
  return { certificate: certificate.certPem, privateKey: key.privateKeyPem, validity: args.validity };
}

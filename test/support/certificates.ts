import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { generalNames } from "../../engine/providers/tls/alternativeNames";
import { makeCertificate } from "../../engine/providers/tls/certificate";
import { parseIssuer } from "../../engine/providers/tls/issuer";
import { distinguishedName } from "../../engine/providers/tls/subject";

export interface TestCertificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

interface Wanted {
  readonly commonName?: string;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** From now. */
  readonly validHours?: number;
}

/** An authority of a test's own, and what it signs. */
export class TestAuthority {
  private readonly key: KeyObject;
  /** PEM. */
  readonly cert: string;

  constructor(validHours = 24 * 3650) {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.key = privateKey;
    const settings = { isCaCertificate: true, allowedUses: ["cert_signing"], validityPeriodHours: validHours };
    const name = distinguishedName({ commonName: "test authority" });
    this.cert = certOf(
      makeCertificate(settings, { name, publicKey, alternativeNames: Buffer.of() }, privateKey, ago()),
    );
  }

  /** A certificate for servers and clients on loopback, unless other names are given. */
  issue({
    commonName = "localhost",
    dnsNames = ["localhost"],
    ipAddresses = ["127.0.0.1"],
    validHours = 24 * 365,
  }: Wanted = {}) {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const settings = {
      allowedUses: ["server_auth", "client_auth", "digital_signature"],
      validityPeriodHours: validHours + 1,
    };
    const holder = {
      name: distinguishedName({ commonName }),
      publicKey,
      alternativeNames: generalNames({ dnsNames: [...dnsNames], ipAddresses: [...ipAddresses] }),
    };
    const { issuer } = parseIssuer(this.cert, createPrivateKey(this.key.export({ format: "pem", type: "pkcs8" })));
    const key = privateKey.export({ format: "pem", type: "pkcs8" }) as string;
    return { cert: certOf(makeCertificate(settings, holder, issuer, ago())), key } satisfies TestCertificate;
  }
}

/** An hour ago, for clocks that are not set alike. */
const ago = (): Date => new Date(Date.now() - 3_600_000);
const certOf = ({ computed }: { readonly computed: object }): string => (computed as { certPem: string }).certPem;

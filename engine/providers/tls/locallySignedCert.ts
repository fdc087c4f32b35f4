import type { BridgedResource } from "../bridge/resource";
import { certificateAttributes, certificateFailures, makeCertificate } from "./certificate";
import { parseRequest } from "./certRequest";
import { renewal } from "./renewal";
import type { Clock } from "./renewal";
import { parseIssuer } from "./issuer";
import { parseKey } from "./keys";
import { pemInput } from "./selfSignedCert";

/** `tls:index/locallySignedCert:LocallySignedCert`; its id is the serial number. */
export function locallySignedCert(clock: Clock): BridgedResource {
  return {
    type: "tls:index/locallySignedCert:LocallySignedCert",
    attributes: {
      caCertPem: pemInput,
      caPrivateKeyPem: { ...pemInput, sensitive: true },
      certRequestPem: pemInput,
      ...certificateAttributes,
      caKeyAlgorithm: { kind: "string", role: "computed" },
    },
    schemaVersion: 0,
    idOutput: true,
    check: certificateFailures,
    async create(planned, context) {
      const { key, algorithm } = parseKey(String(planned["caPrivateKeyPem"]), "caPrivateKeyPem");
      const { issuer, isAuthority } = parseIssuer(String(planned["caCertPem"]), key);
      if (!isAuthority) {
        context.log("warning", "caCertPem is not the certificate of an authority: what it signs may not be accepted");
      }
      const made = makeCertificate(planned, parseRequest(String(planned["certRequestPem"])), issuer, clock());
      return { id: made.id, computed: { ...made.computed, caKeyAlgorithm: algorithm } };
    },
    ...renewal(clock),
  };
}

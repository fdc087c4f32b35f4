import { bridgedProvider } from "../bridge/provider";
import type { ResourceProvider } from "../provider";
import { certRequest } from "./certRequest";
import { getCertificate, getPublicKey } from "./functions";
import { locallySignedCert } from "./locallySignedCert";
import { privateKey } from "./privateKey";
import type { Clock } from "./renewal";
import { selfSignedCert } from "./selfSignedCert";

/**
 * The `tls` provider: keys, requests and certificates by Node's own crypto.
 *
 * @param clock tells when certificates begin and are due for renewal.
 */
export function tlsProvider(clock: Clock = () => new Date()): ResourceProvider {
  return bridgedProvider({
    name: "tls",
    version: "5.6.1",
    resources: [privateKey, selfSignedCert(clock), certRequest, locallySignedCert(clock)],
    functions: {
      "tls:index/getPublicKey:getPublicKey": getPublicKey,
      "tls:index/getCertificate:getCertificate": getCertificate,
    },
    settings: ["proxy"],
  });
}

import { bridgedProvider } from "../bridge/provider";
import type { ResourceProvider } from "../provider";
import { certRequest } from "./certRequest";
import { getCertificate, getPublicKey } from "./functions";
import { locallySignedCert } from "./locallySignedCert";
import { privateKey } from "./privateKey";
import { selfSignedCert } from "./selfSignedCert";

/** The `tls` provider: keys, requests and certificates by Node's own crypto. */
export function tlsProvider(): ResourceProvider {
  return bridgedProvider({
    name: "tls",
    version: "5.6.1",
    resources: [privateKey, selfSignedCert, certRequest, locallySignedCert],
    functions: {
      "tls:index/getPublicKey:getPublicKey": getPublicKey,
      "tls:index/getCertificate:getCertificate": getCertificate,
    },
    settings: ["proxy"],
  });
}

import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import type { TestCertificate } from "../support/certificates";

export interface Server {
  readonly port: number;
  readonly requests: http.IncomingMessage[];
  stop(): Promise<void>;
}

/** A server on loopback; over TLS if it is given a certificate. */
export async function serve(
  listener: http.RequestListener,
  tls?: TestCertificate & { readonly requireClientOf?: string },
): Promise<Server> {
  const requests: http.IncomingMessage[] = [];
  const answer: http.RequestListener = (request, response) => {
    requests.push(request);
    listener(request, response);
  };
  const server =
    tls === undefined
      ? http.createServer(answer)
      : https.createServer(
          {
            ...tls,
            ...(tls.requireClientOf === undefined ? {} : { requestCert: true, ca: tls.requireClientOf }),
          },
          answer,
        );
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

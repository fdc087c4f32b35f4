import { RandomPassword } from "@pulumi/random";
import * as pulumi from "@pulumi/pulumi";
import { leafCertificate } from "../../certificates/leaf";
import { derivedSecret } from "../../secrets/plan";
import type { SiteSecret } from "../../secrets/secretStore";
import { ingestion, ingestionSecrets } from "../address";
import type { IngestionBridgeArgs } from "../args";
import type { IngestionPlan } from "../plan";
import { accounts, brokerDefinitions, passwordHash } from "./definitions";

/**
 * Makes the broker's certificate, that of the site's gateways, the forwarder's password and what follows from it, and
 * keeps them as Secrets.
 */
export function brokerCredentials(
  name: string,
  args: IngestionBridgeArgs,
  plan: IngestionPlan,
  opts: pulumi.CustomResourceOptions,
  onCluster: pulumi.CustomResourceOptions,
): void {
  const { authority, secrets, site } = args;
  const { namespace } = ingestion;
  const server = leafCertificate(
    `${name}-broker`,
    {
      authority,
      commonName: plan.brokerNames.dns[0] ?? ingestion.broker.host,
      dnsNames: plan.brokerNames.dns,
      ipAddresses: plan.brokerNames.addresses,
      use: "server",
    },
    opts,
  );
  const gateway = leafCertificate(
    `${name}-gateway`,
    { authority, commonName: accounts.gateway, dnsNames: [], ipAddresses: [], use: "client" },
    opts,
  );
  const root = new RandomPassword(`${name}-root`, { length: 48, special: false }, opts);
  const derived = (purpose: string) => root.result.apply((value) => derivedSecret(value, `rabbitmq ${purpose}`));
  const password = derived("forwarder password");
  const definitions = pulumi.all([password, derived("forwarder salt")]).apply(([value, salt]) => {
    const hash = passwordHash(value, Buffer.from(salt, "base64url").subarray(0, 4));
    return JSON.stringify(brokerDefinitions(site.ingestion.topics, plan.broker, plan.sizing, hash), null, 2);
  });
  const keep = (secret: SiteSecret) => secrets.keep(secret, onCluster);
  const authorityFile = { "ca.crt": authority.certificate };
  keep({
    namespace,
    name: ingestionSecrets.brokerTls,
    type: "kubernetes.io/tls",
    data: { "tls.crt": server.certificate, "tls.key": server.privateKey, ...authorityFile },
  });
  keep({
    namespace,
    name: ingestionSecrets.gateway,
    type: "kubernetes.io/tls",
    data: { "tls.crt": gateway.certificate, "tls.key": gateway.privateKey, ...authorityFile },
  });
  keep({
    namespace,
    name: ingestionSecrets.brokerDefinitions,
    type: "Opaque",
    data: { "definitions.json": definitions },
  });
  keep({
    namespace,
    name: ingestionSecrets.brokerCookie,
    type: "Opaque",
    data: { cookie: derived("erlang cookie") },
  });
  keep({ namespace, name: ingestionSecrets.forwarder, type: "Opaque", data: { password, ...authorityFile } });
}

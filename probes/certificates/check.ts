import { X509Certificate } from "node:crypto";
import path from "node:path";
import type { GateOf } from "../../fleet/gates";
import { fillIn } from "../../fleet/placeholders";
import { listOf } from "../../fleet/quote";
import type { GateAnswer } from "../../rollout/gates/answer";
import type { GateRequest } from "../../rollout/gates/probe";
import { fail, inconclusive, pass } from "../answers";
import { messageOf } from "../../web/messageOf";
import { readAuthorities } from "../../web/credentialFiles";
import { clientOf } from "../kubernetes/client";
import { valuesOf, type ProbeOptions } from "../surroundings";
import { foundCertificate, type FoundCertificate } from "./certificate";
import { askEndpoint, type Endpoint } from "./endpoint";
import { renderedCertificates } from "./rendered";

interface Gathered {
  readonly certificates: FoundCertificate[];
  /** Chains that the given authorities do not vouch for. */
  readonly distrusted: string[];
  /** What could not be looked at. */
  readonly unknown: string[];
}

/**
 * Looks for certificates that end before the longest outage of the site's link, from now on, and a margin are over: a site
 * that goes dark now must not find itself locked out before anybody can reach it again. One that ends is a fail even if
 * others could not be looked at.
 */
export async function checkCertificates(
  gate: GateOf<"certificates">,
  request: GateRequest,
  options: ProbeOptions,
  signal: AbortSignal,
): Promise<GateAnswer> {
  const gathered: Gathered = { certificates: [], distrusted: [], unknown: [] };
  const tasks = [
    endpoints(gate, request, options, gathered, signal),
    ...(gate.apiServer ? [apiServer(request, options, gathered, signal)] : []),
    ...(gate.renderedFiles ? [rendered(request, options, gathered, signal)] : []),
  ];
  for (const end of await Promise.allSettled(tasks)) {
    if (end.status === "rejected") gathered.unknown.push(messageOf(end.reason));
  }
  signal.throwIfAborted();
  const now = (options.now ?? Date.now)();
  return judged(gathered, now, request.site.link.maxOutageHours, gate.marginSeconds);
}

/** What the certificates of a site say together. */
export function judged(
  { certificates, distrusted, unknown }: Gathered,
  now: number,
  maxOutageHours: number,
  marginSeconds: number,
): GateAnswer {
  const needed = now + maxOutageHours * 3_600_000 + marginSeconds * 1000;
  const byEnd = certificates.toSorted((a, b) => a.notAfter - b.notAfter);
  const ending = byEnd.filter(({ notAfter }) => notAfter < needed);
  const told = ({ where, subject, notAfter }: FoundCertificate) => `${where} (${subject}) ends ${dateOf(notAfter)}`;
  const bad = [...ending.map(told), ...distrusted];
  const span = `${maxOutageHours} h in the dark and a margin of ${Math.round(marginSeconds / 3600)} h, ${dateOf(needed)}`;
  if (bad.length > 0) return fail(`${ending.length > 0 ? `not good until after ${span}: ` : ""}${listOf(bad, 3)}`);
  if (unknown.length > 0) return inconclusive(listOf(unknown, 3));
  const [first] = byEnd;
  if (first === undefined) return inconclusive("no certificate was found");
  return pass(`${certificates.length} certificates are good until after ${span}; the first is ${told(first)}`);
}

const dateOf = (time: number): string => (Math.abs(time) > 8.64e15 ? "never" : new Date(time).toISOString());

async function endpoints(
  gate: GateOf<"certificates">,
  request: GateRequest,
  { fleetDirectory }: ProbeOptions,
  gathered: Gathered,
  signal: AbortSignal,
): Promise<void> {
  const values = valuesOf(request);
  const { caFile } = gate;
  const ca = caFile === undefined ? undefined : await readAuthorities(fleetDirectory, fillIn(caFile, values));
  await Promise.all(
    gate.endpoints.map(async (template) => {
      const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(fillIn(template, values)) ?? [];
      await askInto(gathered, { host, port: Number(port), ca }, signal);
    }),
  );
}

async function askInto(gathered: Gathered, endpoint: Endpoint, signal: AbortSignal): Promise<void> {
  try {
    const { certificates, distrust } = await askEndpoint(endpoint, signal);
    gathered.certificates.push(...certificates);
    if (distrust !== undefined)
      gathered.distrusted.push(`${endpoint.host}:${endpoint.port} is not trusted: ${distrust}`);
  } catch (error) {
    gathered.unknown.push(messageOf(error));
  }
}

async function apiServer(
  { site }: GateRequest,
  options: ProbeOptions,
  gathered: Gathered,
  signal: AbortSignal,
): Promise<void> {
  const client = await clientOf(site, options);
  if (client === undefined) throw new Error(`the site ${site.name} has no kubeconfig yet`);
  const cluster = client.config.getCurrentCluster();
  const user = client.config.getCurrentUser();
  if (user?.certData !== undefined) {
    const own = new X509Certificate(Buffer.from(user.certData, "base64"));
    gathered.certificates.push(foundCertificate("the kubeconfig's user", own));
  }
  const url = new URL(client.server);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const ca = cluster?.caData === undefined ? undefined : Buffer.from(cluster.caData, "base64").toString("latin1");
  await askInto(gathered, { host, port: Number(url.port || 443), ca, name: cluster?.tlsServerName }, signal);
}

async function rendered(
  { site }: GateRequest,
  { outputDirectory }: ProbeOptions,
  gathered: Gathered,
  signal: AbortSignal,
): Promise<void> {
  gathered.certificates.push(...(await renderedCertificates(path.join(outputDirectory, "sites", site.name), signal)));
}

import type { GateOf } from "../fleet/gates";
import { matchesPattern } from "../fleet/pattern";
import { fillIn, type PlaceholderValues } from "../fleet/placeholders";
import { quote } from "../fleet/quote";
import type { GateAnswer } from "../rollout/gates/answer";
import { fail, pass } from "./answers";
import { readAuthorities, readSecretLine } from "../web/credentialFiles";
import { exchange, largestBody, type WebAnswer } from "../web/exchange";
import type { ProbeOptions } from "./surroundings";

const mostRedirects = 5;
/** Matching takes time that grows with the text. */
const longestMatched = 64 * 1024;

/**
 * Asks an address once. Redirects are followed to the same scheme, host and port only, so that no token goes elsewhere;
 * the answer of any other one is the answer. What keeps an answer from coming is an error, not a fail.
 */
export async function checkHttp(
  gate: GateOf<"http">,
  values: PlaceholderValues,
  { fleetDirectory }: Pick<ProbeOptions, "fleetDirectory">,
  signal: AbortSignal,
): Promise<GateAnswer> {
  const first = new URL(fillIn(gate.url, values));
  const { tokenFile, caFile } = gate;
  const headers: Record<string, string> = { accept: "*/*", "user-agent": "edgewave" };
  for (const [name, value] of Object.entries(gate.headers)) headers[name.toLowerCase()] = fillIn(value, values);
  if (tokenFile !== undefined) {
    headers["authorization"] = `Bearer ${await readSecretLine(fleetDirectory, fillIn(tokenFile, values))}`;
  }
  const tls = caFile === undefined ? {} : { ca: await readAuthorities(fleetDirectory, fillIn(caFile, values)) };
  let url = first;
  for (let hops = 0; ; hops += 1) {
    const answer = await exchange({ method: "GET", url, headers, tls, signal });
    const next = isExpected(gate, answer.status) ? undefined : redirectOf(answer, url);
    if (next === undefined || next.origin !== first.origin || hops === mostRedirects) return judged(gate, url, answer);
    url = next;
  }
}

function redirectOf({ status, headers: { location } }: WebAnswer, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  return URL.canParse(location, from.href) ? new URL(location, from) : undefined;
}

function judged(gate: GateOf<"http">, url: URL, answer: WebAnswer): GateAnswer {
  const { status, body } = answer;
  const where = `${url.origin}${url.pathname}`;
  if (!isExpected(gate, status)) {
    const wanted = gate.expectStatus.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
    return fail(`${where} answered ${status}, not ${wanted}`);
  }
  const { bodyContains, bodyMatches } = gate;
  if (bodyContains !== undefined && !body.includes(bodyContains, 0, "utf8")) {
    const extent = answer.cut ? `the first ${largestBody} bytes of the body do` : "the body does";
    return fail(`${where} answered ${status}, and ${extent} not hold ${quote(bodyContains)}`);
  }
  if (bodyMatches !== undefined && !matchesPattern(bodyMatches, body.toString("utf8", 0, longestMatched))) {
    return fail(`${where} answered ${status}, and the body does not match ${quote(bodyMatches)}`);
  }
  return pass(`${where} answered ${status}`);
}

function isExpected({ expectStatus }: GateOf<"http">, status: number): boolean {
  return expectStatus.some(({ from, to }) => status >= from && status <= to);
}

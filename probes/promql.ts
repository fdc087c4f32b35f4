import { z } from "zod";
import type { GateOf, PromqlExpectation } from "../fleet/gates";
import type { Hub, ResolvedSite } from "../fleet/model";
import { fillIn, type PlaceholderValues } from "../fleet/placeholders";
import { listOf } from "../fleet/quote";
import type { GateAnswer } from "../rollout/gates/answer";
import { kubePrometheusStack } from "../gitops/render/services/kubePrometheusStack";
import { fail, inconclusive, pass } from "./answers";
import { readAuthorities, readSecretLine } from "../web/credentialFiles";
import { clientOf } from "./kubernetes/client";
import { exchange, jsonOf, type WebAnswer } from "../web/exchange";
import type { ProbeOptions } from "./surroundings";

/**
 * The service that Prometheus' operator keeps for every Prometheus of a namespace, and its port
 * (prometheus-operator, pkg/prometheus/server/statefulset.go: `governingServiceName`, port 9090).
 */
const sitePrometheus = `/api/v1/namespaces/${kubePrometheusStack.namespace}/services/http:prometheus-operated:9090/proxy`;

// prometheus.io/docs/prometheus/latest/querying/api: instant queries.
const sample = z.tuple([z.number(), z.string()]);
const series = z.object({ metric: z.record(z.string(), z.string()), value: sample.optional() });
const answerSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("error"), errorType: z.string(), error: z.string() }),
  z.object({
    status: z.literal("success"),
    data: z.discriminatedUnion("resultType", [
      z.object({ resultType: z.literal("vector"), result: z.array(series) }),
      z.object({ resultType: z.literal("scalar"), result: sample }),
      z.object({ resultType: z.literal("matrix") }),
      z.object({ resultType: z.literal("string") }),
    ]),
  }),
]);

/** Queries that make a longer address are sent as a form: proxies on the way take no more than this for sure. */
const longestAddress = 4000;

/** Who a query is about: a site, or a wave, which has no Prometheus of its own. */
export interface PromqlSubject {
  readonly values: PlaceholderValues;
  readonly hub: Pick<Hub, "prometheusUrl">;
  readonly site: ResolvedSite | undefined;
}

/** Asks one instant query. A query that Prometheus refuses, and one that has no data, say nothing about the site. */
export async function checkPromql(
  gate: GateOf<"promql">,
  subject: PromqlSubject,
  options: ProbeOptions,
  signal: AbortSignal,
): Promise<GateAnswer> {
  const query = fillIn(gate.query, subject.values);
  const answer = await ask(gate, subject, query, options, signal);
  if (answer === undefined) return inconclusive(`the site ${subject.site?.name} has no kubeconfig yet`);
  if (answer.status >= 300 && answer.status < 400) return inconclusive(`Prometheus redirects (${answer.status})`);
  let read;
  try {
    read = answerSchema.safeParse(jsonOf(answer));
  } catch (error) {
    return inconclusive(`Prometheus answered ${answer.status}: ${(error as Error).message}`);
  }
  if (!read.success) return inconclusive(`Prometheus answered ${answer.status} in a form that is not its own`);
  if (read.data.status === "error") return inconclusive(`${read.data.errorType}: ${read.data.error}`);
  const { data } = read.data;
  if (data.resultType === "matrix" || data.resultType === "string") {
    return inconclusive(`the query gives a ${data.resultType}; ask for an instant vector or a scalar`);
  }
  const samples =
    data.resultType === "scalar"
      ? [{ name: "the value", value: data.result[1] }]
      : data.result.map(({ metric, value }) => ({ name: nameOf(metric), value: value?.[1] }));
  return judged(gate.expect, samples);
}

/** @returns undefined if it has to go through the site's API server, and there is no kubeconfig. */
async function ask(
  gate: GateOf<"promql">,
  { values, hub, site }: PromqlSubject,
  query: string,
  options: ProbeOptions,
  signal: AbortSignal,
): Promise<WebAnswer | undefined> {
  if (gate.prometheus === "site") {
    if (site === undefined) throw new Error("no site is asked here, so prometheus: site has no meaning");
    const client = await clientOf(site, options);
    return client?.ask(`${sitePrometheus}/api/v1/query`, { query }, signal);
  }
  const base = gate.prometheus === "hub" ? hub.prometheusUrl : fillIn(gate.prometheus, values);
  if (base === undefined) throw new Error("fleet.yaml has no hub.prometheusUrl");
  const url = new URL(`${base.replace(/\/+$/, "")}/api/v1/query`);
  const { tokenFile, caFile } = gate;
  const { fleetDirectory } = options;
  const headers: Record<string, string> = { accept: "application/json", "user-agent": "edgewave" };
  if (tokenFile !== undefined) {
    headers["authorization"] = `Bearer ${await readSecretLine(fleetDirectory, fillIn(tokenFile, values))}`;
  }
  const tls = caFile === undefined ? {} : { ca: await readAuthorities(fleetDirectory, fillIn(caFile, values)) };
  const form = new URLSearchParams({ query }).toString();
  if (url.href.length + form.length > longestAddress) {
    // prometheus.io/docs/prometheus/latest/querying/api: the same by POST, for large queries.
    headers["content-type"] = "application/x-www-form-urlencoded";
    return await exchange({ method: "POST", url, headers, body: form, tls, signal });
  }
  url.search = form;
  return await exchange({ method: "GET", url, headers, tls, signal });
}

interface Sample {
  readonly name: string;
  /** Undefined for a histogram. */
  readonly value: string | undefined;
}

/** What samples say about what was expected of them. */
export function judged(expected: PromqlExpectation, samples: readonly Sample[]): GateAnswer {
  const count = `${samples.length} ${samples.length === 1 ? "sample" : "samples"}`;
  const shown = (some: readonly Sample[]) =>
    listOf(
      some.map(({ name, value }) => `${name} is ${value}`),
      3,
    );
  if (expected === "empty") return samples.length === 0 ? pass("no sample") : fail(`${count}: ${shown(samples)}`);
  if (expected === "nonEmpty") return samples.length > 0 ? pass(count) : fail("no sample");
  if (samples.length === 0) return inconclusive("no sample: there is no data to compare");
  const { operator, value } = expected;
  const numbers = samples.map((one) => ({ ...one, number: numberOf(one.value) }));
  const wrong = numbers.filter((one) => !Number.isNaN(one.number) && !compares[operator](one.number, value));
  if (wrong.length > 0) return fail(`${wrong.length} of ${count} not ${operator} ${value}: ${shown(wrong)}`);
  const none = numbers.filter((one) => Number.isNaN(one.number));
  if (none.length > 0) return inconclusive(`${none.length} of ${count} no number: ${shown(none)}`);
  return pass(`${count} ${operator} ${value}`);
}

const compares: Readonly<Record<string, (a: number, b: number) => boolean>> & {
  readonly [Operator in Exclude<PromqlExpectation, string>["operator"]]: (a: number, b: number) => boolean;
} = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
};

function numberOf(value: string | undefined): number {
  if (value === "+Inf") return Infinity;
  if (value === "-Inf") return -Infinity;
  return value === undefined || value === "" ? NaN : Number(value);
}

/** As Prometheus writes series: `up{job="node"}`. */
function nameOf(metric: Readonly<Record<string, string>>): string {
  const { __name__: name = "", ...labels } = metric;
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? name || "{}" : `${name}{${pairs.join(",")}}`;
}

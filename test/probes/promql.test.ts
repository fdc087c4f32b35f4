import { expect } from "chai";
import { writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import path from "node:path";
import type { PromqlExpectation } from "../../fleet/gates";
import { judged } from "../../probes/promql";
import { aGate } from "../rollout/gates/aGate";
import { TestAuthority } from "../support/certificates";
import { aFleet } from "../support/fleet";
import { freePort, Program, titled, whyMissing } from "../support/program";
import { ApiServer } from "./kubernetes/apiServer";
import { Bench, failureOf } from "./request";
import { serve, type Server } from "./servers";

const sitePath = "/api/v1/namespaces/monitoring/services/http:prometheus-operated:9090/proxy/api/v1/query";
const gateOf = (query: string, expect: PromqlExpectation, prometheus = "site") =>
  aGate("promql", { query, expect, prometheus });

describe("samples", () => {
  const up = (...values: (string | undefined)[]) => values.map((value, index) => ({ name: `up{n="${index}"}`, value }));
  for (const [what, expected, samples, answer] of [
    ["that should be none, and are", "empty", up(), "pass: no sample"],
    ["that should be none, and are some", "empty", up("1"), 'fail: 1 sample: up{n="0"} is 1'],
    ["that should be some, and are", "nonEmpty", up("0", "1"), "pass: 2 samples"],
    ["that should be some, and are none", "nonEmpty", up(), "fail: no sample"],
    ["that all compare", { operator: ">", value: 0.99 }, up("1", "0.995", "+Inf"), "pass: 3 samples > 0.99"],
    [
      "of which one does not",
      { operator: ">", value: 0.99 },
      up("1", "0.5"),
      'fail: 1 of 2 samples not > 0.99: up{n="1"} is 0.5',
    ],
    ["of which one is at the edge", { operator: ">=", value: 1 }, up("1"), "pass: 1 sample >= 1"],
    ["below, as they should be", { operator: "<", value: 1 }, up("-Inf"), "pass: 1 sample < 1"],
    ["equal", { operator: "==", value: 0 }, up("0"), "pass: 1 sample == 0"],
    ["not equal", { operator: "!=", value: 0 }, up("0"), 'fail: 1 of 1 sample not != 0: up{n="0"} is 0'],
    [
      "that are none say nothing",
      { operator: "<=", value: 1 },
      up(),
      "inconclusive: no sample: there is no data to compare",
    ],
    [
      "that are no number say nothing",
      { operator: "<=", value: 1 },
      up("1", "NaN"),
      'inconclusive: 1 of 2 samples no number: up{n="1"} is NaN',
    ],
    ["that are histograms say nothing", { operator: "<=", value: 1 }, up(undefined), /^inconclusive/],
    ["of which one is wrong and one no number", { operator: "<=", value: 1 }, up("2", "NaN"), /^fail/],
  ] as const) {
    it(what, () => {
      const found = judged(expected, samples);
      const text = `${found.answer}: ${found.detail}`;
      if (typeof answer === "string") expect(text).to.equal(answer);
      else expect(text).to.match(answer);
    });
  }
});

const missing = whyMissing("prometheus");
describe(titled("the promql gate and a real Prometheus", missing), function () {
  this.timeout(60_000);
  let bench: Bench;
  let program: Program;
  let url: string;
  before(async function () {
    if (missing !== undefined) return this.skip();
    bench = new Bench();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const file = path.join(bench.root, "prometheus.yml");
    writeFileSync(
      file,
      `global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: self, static_configs: [{ targets: ["127.0.0.1:${port}"] }] }]\n`,
    );
    program = await Program.start(
      "prometheus",
      [`--config.file=${file}`, `--storage.tsdb.path=${bench.root}/tsdb`, `--web.listen-address=127.0.0.1:${port}`],
      async () => {
        const answer = await fetch(`${url}/api/v1/query?query=up`);
        const body = (await answer.json()) as { data: { result: unknown[] } };
        return body.data.result.length > 0;
      },
    );
  });
  after(async () => {
    await program?.stop();
    bench?.remove();
  });

  for (const [query, expected, answer] of [
    ['up{job="self"}', { operator: "==", value: 1 }, "pass: 1 sample == 1"],
    [
      'up{job="self"}',
      { operator: ">", value: 1 },
      /^fail: 1 of 1 sample not > 1: up\{instance="127\.0\.0\.1:\d+",job="self"\} is 1$/,
    ],
    ['up{job="{site}"}', "empty", "pass: no sample"],
    ["count(up) > 0", "nonEmpty", "pass: 1 sample"],
    ["scalar(vector(2))", { operator: "<=", value: 2 }, "pass: 1 sample <= 2"],
    ["vector(0) / 0", { operator: "<=", value: 2 }, "inconclusive: 1 of 1 sample no number: {} is NaN"],
    ["vector(1) / 0", { operator: ">", value: 2 }, "pass: 1 sample > 2"],
    ["up[1m]", "nonEmpty", "inconclusive: the query gives a matrix; ask for an instant vector or a scalar"],
    ['"text"', "nonEmpty", "inconclusive: the query gives a string; ask for an instant vector or a scalar"],
    ["up{", "nonEmpty", /^inconclusive: bad_data: .*parse error/],
  ] as const) {
    it(`answers ${query} (${JSON.stringify(expected)})`, async () => {
      const found = await bench.ask(gateOf(query, expected, url));
      if (typeof answer === "string") expect(found).to.equal(answer);
      else expect(found).to.match(answer);
    });
  }
});

describe("the promql gate", () => {
  const vector = (value: string) =>
    JSON.stringify({ status: "success", data: { resultType: "vector", result: [{ metric: {}, value: [1, value] }] } });
  let bench: Bench;
  let server: Server;
  let answer: RequestListener;
  const authority = new TestAuthority();
  beforeEach(async () => {
    answer = (_, response) => response.end(vector("1"));
    server = await serve((request, response) => answer(request, response), authority.issue());
    bench = new Bench();
    bench.file("ca.pem", authority.cert);
    bench.file("token", "s3cr3t");
  });
  afterEach(async () => {
    await server.stop();
    bench.remove();
  });

  it("asks the hub's by the address in the fleet's file, with its own authorities and token", async () => {
    const fleet = aFleet({ hub: { prometheusUrl: `https://localhost:${server.port}/prometheus` } });
    const gate = { ...gateOf('up{site="{site}"}', "nonEmpty", "hub"), caFile: "ca.pem", tokenFile: "token" };
    expect(await bench.ask(gate, { fleet })).to.equal("pass: 1 sample");
    expect(server.requests[0]?.url).to.equal(
      `/prometheus/api/v1/query?query=${encodeURIComponent('up{site="porto"}')}`,
    );
    expect(server.requests[0]?.headers.authorization).to.equal("Bearer s3cr3t");
    expect(await failureOf(bench.ask(gate))).to.equal("fleet.yaml has no hub.prometheusUrl");
  });

  it("asks the site's through its API server", async () => {
    const api = await ApiServer.start();
    try {
      const site = new Bench({ kubeconfigOf: () => Promise.resolve({ text: api.kubeconfig(), trusted: false }) });
      api.pages.set(sitePath, (_, response) => response.end(vector("0.5")));
      expect(await site.ask(gateOf("up", { operator: ">", value: 0 }))).to.equal("pass: 1 sample > 0");
      api.pages.delete(sitePath);
      expect(await site.ask(gateOf("up", "nonEmpty"))).to.equal(
        "inconclusive: Prometheus answered 404 in a form that is not its own",
      );
      site.remove();
    } finally {
      await api.stop();
    }
  });

  for (const [what, reply, found] of [
    ["text", (_, response) => response.end("ok"), "Prometheus answered 200: the answer is no JSON"],
    [
      "another form",
      (_, response) => response.end('{"status":"success"}'),
      "Prometheus answered 200 in a form that is not its own",
    ],
    [
      "too much",
      (_, response) => response.end(vector("1".repeat(2 ** 21))),
      "Prometheus answered 200: the answer is larger than 1048576 bytes",
    ],
    [
      "a redirect",
      (_, response) => response.writeHead(302, { location: "https://elsewhere.example" }).end(),
      "Prometheus redirects (302)",
    ],
  ] as const satisfies readonly (readonly [string, RequestListener, string])[]) {
    it(`is inconclusive with ${what} for an answer`, async () => {
      answer = reply;
      const gate = { ...gateOf("up", "nonEmpty", `https://localhost:${server.port}`), caFile: "ca.pem" };
      expect(await bench.ask(gate)).to.equal(`inconclusive: ${found}`);
    });
  }
});

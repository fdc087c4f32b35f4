import { expect } from "chai";
import type { RequestListener } from "node:http";
import type { WaveGate } from "../../fleet/gates";
import { createProbe } from "../../probes";
import { aGate, aWaveGate } from "../rollout/gates/aGate";
import { aFleet } from "../support/fleet";
import { Bench, failureOf } from "./request";
import { serve, type Server } from "./servers";

/** A Prometheus that answers each query with one sample, whatever it asks. */
const oneSample: RequestListener = (_, response) =>
  response.end(
    JSON.stringify({
      status: "success",
      data: { resultType: "vector", result: [{ metric: { job: "bridge" }, value: [0, "3"] }] },
    }),
  );

describe("gates that ask a wave as a whole", () => {
  let bench: Bench;
  let server: Server;
  const bodies: string[] = [];

  beforeEach(async () => {
    bench = new Bench();
    bodies.length = 0;
    server = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        bodies.push(body);
        oneSample(request, response);
      });
    });
  });
  afterEach(async () => {
    await server.stop();
    bench.remove();
  });

  const names = (count: number) => Array.from({ length: count }, (_, index) => `site-${index}`);
  async function ask(gate: WaveGate, sites: readonly string[] = ["porto", "vigo"]): Promise<string> {
    const { name, domain, hub } = aFleet();
    const fleet = { name, domain, hub: { ...hub, prometheusUrl: `http://127.0.0.1:${server.port}/prometheus` } };
    const request = { gate, rollout: "autumn", wave: "canary", sites, release: "2026.11.0", fleet };
    const { answer, detail } = await createProbe(bench.options).checkWave(request, AbortSignal.timeout(15_000));
    return `${answer}: ${detail}`;
  }
  const query = (text: string) => aWaveGate({ query: text, expect: { operator: "<", value: 5 } });

  it("put one query to the hub's Prometheus, with the names of the wave's sites in it", async () => {
    expect(await ask(query('sum(errors{site=~"{sites}",wave="{wave}"})'))).to.equal("pass: 1 sample < 5");
    expect(
      server.requests.map(({ method, url }) => [method, decodeURIComponent((url ?? "").replaceAll("+", " "))]),
    ).to.deep.equal([["GET", '/prometheus/api/v1/query?query=sum(errors{site=~"porto|vigo",wave="canary"})']]);
  });

  it("send a query of thousands of sites as a form, because no address is so long", async () => {
    const sites = names(5000);
    expect(await ask(query('sum(errors{site=~"{sites}"})'), sites)).to.equal("pass: 1 sample < 5");
    const [request] = server.requests;
    expect(request?.method).to.equal("POST");
    expect(request?.url).to.equal("/prometheus/api/v1/query");
    expect(request?.headers["content-type"]).to.equal("application/x-www-form-urlencoded");
    expect(new URLSearchParams(bodies[0]).get("query")).to.equal(`sum(errors{site=~"${sites.join("|")}"})`);
  });

  it("ask an address", async () => {
    const url = `http://127.0.0.1:${server.port}/budget?wave={wave}&release={release}&fleet={fleetDomain}`;
    expect(await ask(aGate("http", { url }))).to.equal(`pass: http://127.0.0.1:${server.port}/budget answered 200`);
    expect(server.requests[0]?.url).to.equal(`/budget?wave=canary&release=2026.11.0&fleet=${aFleet().domain}`);
  });

  it("run a program, which is told of the wave, and of its sites where it asks for them", async () => {
    const script = 'echo "$EDGEWAVE_ROLLOUT $EDGEWAVE_WAVE $EDGEWAVE_RELEASE ${EDGEWAVE_SITES-none} $1"';
    const gate = aGate("command", { command: ["/bin/sh", "-c", script, "sh", "{sites}"] });
    expect(await ask(gate)).to.equal("pass: /bin/sh ended with 0: autumn canary 2026.11.0 none porto|vigo");
  });

  it("run a program for a wave whose names no variable could hold", async () => {
    const gate = aGate("command", { command: ["/bin/sh", "-c", "echo fine"] });
    expect(await ask(gate, names(20_000))).to.equal("pass: /bin/sh ended with 0: fine");
  });

  it("say nothing while Prometheus is not there", async () => {
    await server.stop();
    expect(await failureOf(ask(query("up")))).to.match(/cannot be asked: connect ECONNREFUSED/);
  });
});

import { expect } from "chai";
import { z } from "zod";
import { gateNameProblems, gateSiteProblems, gateTargetProblems } from "../../fleet/gateProblems";
import { gateTypes, type Gate } from "../../fleet/gates";
import { fillIn, NoValue, placeholderProblem } from "../../fleet/placeholders";
import { toFinding } from "../../fleet/problem";
import { resolveGates, resolveWaveGates } from "../../fleet/resolveGates";
import { gatesSchema, waveGatesSchema } from "../../fleet/schema/gates";
import { schemaProblems } from "../../fleet/schema/problems";
import { parseFile } from "../../fleet/source/parse";
import { aSite } from "../support/fleet";

const schema = z.strictObject({ gates: gatesSchema });
const source = { file: "rollouts/autumn.yaml", line: 1 };

/** A list of gates as it is written in YAML, read and resolved. */
function gates(yaml: string): Gate[] {
  const result = read(yaml);
  expect(result.problems, yaml).to.deep.equal([]);
  return resolveGates(result.document);
}
function read(yaml: string) {
  const [document] = parseFile(source.file, yaml).documents;
  if (document === undefined) throw new Error(`no YAML: ${yaml}`);
  const parsed = schema.safeParse(document.value);
  const problems = parsed.success ? [] : schemaProblems(schema, document, parsed.error.issues);
  return { document: parsed.data?.gates, problems };
}
/** `code path: message | hint` of each problem. */
function problems(gate: string): string[] {
  return read(`gates:\n  - ${gate.replaceAll("\n", "\n    ")}`).problems.map((problem) => {
    const { code, path, message } = toFinding(problem, 1);
    return `${code} ${path}: ${message}${problem.hint === undefined ? "" : ` | ${problem.hint}`}`;
  });
}

const timing = { intervalSeconds: 10, timeoutSeconds: 600, passes: 1, failures: 3, onInconclusive: undefined };

describe("gates in a document", () => {
  it("have a default for everything but what they ask", () => {
    const files = { tokenFile: undefined, caFile: undefined };
    expect(
      gates(`gates:
  - type: nodesReady
  - type: fluxReady
  - { type: http, url: "https://gitea.{domain}/" }
  - { type: promql, query: up, expect: nonEmpty }
  - { type: command, command: [./smoke, "{site}"] }
  - type: git
  - type: certificates
  - { type: soak, duration: 30m }
`),
    ).to.deep.equal([
      { type: "nodesReady", name: "nodes-ready", ...timing, failures: 61, minReady: { percent: 100 } },
      {
        type: "fluxReady",
        name: "flux-ready",
        ...timing,
        failures: 61,
        namespaces: undefined,
        includeHelmReleases: true,
      },
      {
        ...{ type: "http", name: "http", ...timing, url: "https://gitea.{domain}/", headers: {}, ...files },
        ...{ expectStatus: [{ from: 200, to: 299 }], bodyContains: undefined, bodyMatches: undefined },
      },
      { type: "promql", name: "promql", ...timing, prometheus: "site", query: "up", expect: "nonEmpty", ...files },
      { type: "command", name: "command", ...timing, command: ["./smoke", "{site}"], environment: {} },
      {
        ...{ type: "git", name: "git", ...timing, branch: "status", file: "status.json" },
        allowedSignersFile: undefined,
      },
      {
        ...{ type: "certificates", name: "certificates", ...timing, endpoints: [], apiServer: false },
        ...{ renderedFiles: true, marginSeconds: 604_800, caFile: undefined },
      },
      { type: "soak", name: "soak", ...timing, timeoutSeconds: 1800, durationSeconds: 1800 },
    ]);
  });

  it("are none where no list is written", () => expect(resolveGates(undefined)).to.deep.equal([]));

  it("are timed by durations, and counted", () => {
    const [gate] = gates(`gates:
  - { type: nodesReady, name: all, interval: 30s, timeout: 1h, passes: 3, failures: 5, onInconclusive: fail, minReady: 2 }`);
    expect(gate).to.deep.equal({
      ...{ type: "nodesReady", name: "all", intervalSeconds: 30, timeoutSeconds: 3600, passes: 3, failures: 5 },
      ...{ onInconclusive: "fail", minReady: { count: 2 } },
    });
  });

  it("take status codes and ranges of them", () => {
    const [gate] = gates('gates: [{ type: http, url: "http://10.0.0.1:8080", expectStatus: [204, "300-399"] }]');
    expect(gate).to.deep.include({
      expectStatus: [
        { from: 204, to: 204 },
        { from: 300, to: 399 },
      ],
    });
  });

  for (const [written, operator, value] of [
    ["> 0.99", ">", 0.99],
    [">=1", ">=", 1],
    ["== 0", "==", 0],
    ["!= -1e3", "!=", -1000],
    ["< 5", "<", 5],
    ["<= 2.5", "<=", 2.5],
  ] as const) {
    it(`read ${written} as a comparison`, () => {
      const [gate] = gates(`gates: [{ type: promql, query: up, expect: ${JSON.stringify(written)} }]`);
      expect(gate).to.deep.include({ expect: { operator, value } });
    });
  }

  for (const [what, gate, found] of [
    [
      "a mistyped type",
      "type: fluxredy",
      'EDGE-VALUE-002 gates[0].type: "fluxredy" is not one of ' + `${gateTypes.join(", ")} | Did you mean fluxReady?`,
    ],
    ["a type that is no text", "type: 3", "EDGE-VALUE-001 gates[0].type: must be a text, and 3 is a number"],
    ["a missing type", "name: x", "EDGE-KEY-002 gates[0].type: type is missing"],
    [
      "a mistyped key",
      "type: http\nurll: https://a.example",
      'EDGE-KEY-001 gates[0].urll: unknown key "urll" | Did you mean url?',
    ],
    [
      "the key of another type",
      "type: soak\nduration: 5m\nquery: up",
      'EDGE-KEY-001 gates[0].query: unknown key "query" | Known here: type, name, duration.',
    ],
    ["a missing key", "type: soak", "EDGE-KEY-002 gates[0].duration: duration is missing"],
    [
      "a name that is no label",
      "type: git\nname: Site Report",
      "EDGE-NAME-001 gates[0].name: must be a DNS label: lower case letters, digits and hyphens, at most 63, such as porto, " +
        'and is "Site Report"',
    ],
    [
      "an interval of nothing",
      "type: git\ninterval: 0s",
      'EDGE-VALUE-003 gates[0].interval: must be at least "1s" and at most "1d": "0s"',
    ],
    [
      "more passes than there is time for",
      "type: git\npasses: 62",
      "EDGE-VALUE-003 gates[0].passes: cannot be had: 62 passes every 10 s take longer than the timeout of 600 s: 62",
    ],
    [
      "an unknown placeholder",
      'type: http\nurl: "https://{sit}.example"',
      "EDGE-VALUE-003 gates[0].url: has the unknown placeholder {sit} (did you mean {site}?): " +
        '"https://{sit}.example"',
    ],
    [
      "a login in an address",
      "type: http\nurl: https://me:secret@a.example/",
      "EDGE-VALUE-003 gates[0].url: must be an http:// or https:// address without login and fragment, such as " +
        'https://gitea.{domain}/api/healthz, and is "https://me:secret@a.example/"',
    ],
    [
      "a secret in a header",
      "type: http\nurl: https://a.example\nheaders: { Authorization: Bearer x }",
      "EDGE-VALUE-003 gates[0].headers.Authorization: cannot be given as a header; secrets are given by tokenFile: " +
        '"Bearer x"',
    ],
    [
      "a token that everybody could read",
      "type: http\nurl: http://a.example\ntokenFile: token",
      "EDGE-VALUE-003 gates[0].tokenFile: needs an https:// address, or all could read it: " + '"token"',
    ],
    [
      "a range from its upper end",
      "type: http\nurl: https://a.example\nexpectStatus: [299-200]",
      'EDGE-VALUE-003 gates[0].expectStatus[0]: must begin with its lower end: "299-200"',
    ],
    [
      "an expression that cannot be matched in linear time",
      'type: http\nurl: https://a.example\nbodyMatches: "(a)\\\\1"',
      "EDGE-VALUE-003 gates[0].bodyMatches: is no regular expression of RE2 (error parsing regexp: invalid escape " +
        'sequence: `\\1`): "(a)\\\\1"',
    ],
    [
      "a comparison with nothing",
      "type: promql\nquery: up\nexpect: '>'",
      'EDGE-VALUE-003 gates[0].expect: must be nonEmpty, empty, or a comparison with a number, such as "> 0.99" or ' +
        '"== 1", and is ">"',
    ],
    [
      "an address with a query for a Prometheus",
      "type: promql\nquery: up\nexpect: empty\nprometheus: https://a.example/?x",
      "EDGE-VALUE-003 gates[0].prometheus: must be site, hub, or an http:// or https:// address without a slash at the " +
        'end, such as https://prometheus.{domain}, and is "https://a.example/?x"',
    ],
    [
      "no address for a Prometheus",
      "type: promql\nquery: up\nexpect: empty\nprometheus: hubb",
      "EDGE-VALUE-003 gates[0].prometheus: must be site, hub, or an http:// or https:// address without a slash at the " +
        'end, such as https://prometheus.{domain}, and is "hubb"',
    ],
    [
      "a token for the site's Prometheus",
      "type: promql\nquery: up\nexpect: empty\ntokenFile: token",
      'EDGE-VALUE-003 gates[0].tokenFile: is not sent to the site\'s Prometheus: "token"',
    ],
    ["no program", "type: command\ncommand: ['']", 'EDGE-VALUE-003 gates[0].command: must begin with a program: [""]'],
    [
      "a shell's line for a command",
      "type: command\ncommand: ./smoke porto",
      'EDGE-VALUE-001 gates[0].command: must be a list, and "./smoke porto" is a text | Write a list: ["./smoke porto"].',
    ],
    [
      "a way out of a repository",
      "type: git\nfile: status/../../x",
      "EDGE-VALUE-003 gates[0].file: must be a path in a repository without . and .., such as status/{release}.json, " +
        'and is "status/../../x"',
    ],
    [
      "a look at no certificate",
      "type: certificates\nrenderedFiles: false",
      "EDGE-VALUE-003 gates[0].renderedFiles: leaves nothing to look at; name endpoints or apiServer: false",
    ],
  ] as const) {
    it(`are refused with ${what}`, () => expect(problems(gate)).to.deep.equal([found]));
  }

  it("have a JSON Schema, by which editors complete each type", () => {
    const { items } = z.toJSONSchema(gatesSchema, { io: "input", target: "draft-2020-12" });
    const options = (items as { oneOf: { properties: { type: { const: string } } }[] }).oneOf;
    expect(options.map(({ properties }) => properties.type.const)).to.deep.equal(gateTypes);
  });

  it("name the place in the list, so that the finding has its line", () => {
    const yaml = "gates:\n  - type: git\n  - type: soak\n    duraton: 5m\n";
    const [document] = parseFile(source.file, yaml).documents;
    const found = read(yaml).problems;
    expect(found.map(({ path }) => path)).to.deep.equal([["gates", 1, "duraton"]]);
    expect(document?.lineOf(found[0]?.path ?? [])).to.equal(4);
  });
});

describe("placeholders", () => {
  it("leave what a query has in braces alone", () => {
    const query = 'sum by (job) (up{job="{site}", pod=~"a{2}"}) + {__name__="x"}';
    expect(placeholderProblem(query)).to.equal(undefined);
    expect(fillIn(query, { site: "porto" })).to.equal(query.replace("{site}", "porto"));
  });

  it("are never filled from an object's prototype", () => {
    expect(() => fillIn("{constructor}", {})).to.throw(NoValue);
    expect(placeholderProblem("{constructor}")).to.match(/unknown placeholder/);
  });

  it("are not filled a second time", () => {
    expect(fillIn("{site}", { site: "{region}", region: "x" })).to.equal("{region}");
  });
});

describe("gates of a wave in a document", () => {
  const read = (gate: object) => waveGatesSchema.safeParse([gate]);
  const refused = (gate: object) => read(gate).error?.issues.map(({ message }) => message);
  const promql = { type: "promql", query: 'errors{site=~"{sites}"}', expect: "< 5" };

  it("ask the hub's Prometheus by default, and have the defaults of all gates", () => {
    expect(resolveWaveGates(waveGatesSchema.parse([promql]))).to.deep.equal([
      {
        ...{ type: "promql", name: "promql", ...timing, prometheus: "hub", query: promql.query },
        ...{ expect: { operator: "<", value: 5 }, tokenFile: undefined, caFile: undefined },
      },
    ]);
  });

  it("are of the types that a wave as a whole can answer", () => {
    const { items } = z.toJSONSchema(waveGatesSchema, { io: "input", target: "draft-2020-12" });
    const options = (items as { oneOf: { properties: { type: { const: string } } }[] }).oneOf;
    expect(options.map(({ properties }) => properties.type.const)).to.deep.equal(["http", "promql", "command", "soak"]);
    for (const type of ["nodesReady", "fluxReady", "git", "certificates"]) {
      expect(read({ type }).success, type).to.equal(false);
    }
  });

  it("ask no single site", () => {
    expect(refused({ ...promql, prometheus: "site" })).to.deep.equal([
      "is not one site's to answer; give hub or an address",
    ]);
    expect(refused({ ...promql, query: 'up{site="{site}"}' })).to.deep.equal([
      "has the placeholder {site}, which each site has its own of; " +
        "a wave has {fleet}, {fleetDomain}, {rollout}, {wave}, {release}, {sites}",
    ]);
    expect(refused({ ...promql, query: "up{sitess}" })).to.deep.equal([
      "has the unknown placeholder {sitess} (did you mean {sites}?)",
    ]);
  });

  it("have placeholders that gates of sites have not", () => {
    expect(placeholderProblem("{wave}", "wave")).to.equal(undefined);
    expect(placeholderProblem("{wave}")).to.match(/unknown placeholder/);
  });
});

describe("the gates of a list", () => {
  it("leave the name of the gate of sites that catch up to it", () => {
    const [problem] = gateNameProblems(gates("gates: [{ type: git, name: reconnect }]"), source, ["spec", "gates"]);
    expect(problem).to.deep.include({
      code: "EDGE-NAME-002",
      path: ["spec", "gates", 0, "name"],
      message: 'gate "reconnect" has the name of the gate of sites that catch up',
    });
  });

  it("have names of their own", () => {
    const two = gates("gates: [{ type: git }, { type: soak, duration: 1m, name: git }]");
    expect(gateNameProblems(two, source, ["spec", "gates"])).to.deep.equal([
      {
        ...{ code: "EDGE-NAME-002", source, path: ["spec", "gates", 1, "name"] },
        message: 'gate "git" is already gate 1 of this list',
        hint: "Give one of the two a name of its own.",
      },
    ]);
  });
});

describe("a gate and a site", () => {
  const rendered = aSite();
  const clustered = aSite({ target: "cluster" });
  const noHub = {};
  const all = gates(`gates:
  - type: nodesReady
  - type: fluxReady
  - { type: http, url: "https://gitea.{domain}/" }
  - { type: promql, query: up, expect: nonEmpty }
  - { type: command, command: [./smoke] }
  - type: git
  - type: certificates
  - { type: soak, duration: 30m }
  - { type: certificates, name: api, apiServer: true }
  - { type: promql, name: far, prometheus: hub, query: up, expect: empty }
`);
  const refused = (site: typeof rendered, hub: object) =>
    all.filter((gate) => gateTargetProblems(gate, site, hub).length > 0).map(({ name }) => name);

  it("do not fit where a gate asks a cluster and the site is only rendered", () => {
    const hub = { prometheusUrl: "https://prometheus.hub.example" };
    expect(refused(rendered, hub)).to.deep.equal(["nodes-ready", "flux-ready", "promql", "api"]);
    expect(refused(clustered, hub)).to.deep.equal([]);
  });

  it("do not fit where the hub has no Prometheus", () => {
    expect(refused(clustered, noHub)).to.deep.equal(["far"]);
  });

  it("do not fit where a placeholder has no value", () => {
    const [gate] = gates('gates: [{ type: http, url: "https://{apiVip}:6443/readyz" }]');
    expect(gateTargetProblems(gate!, clustered, noHub)).to.deep.equal([
      "it uses {apiVip}, and there is no network.apiVip",
    ]);
    expect(gateTargetProblems(gate!, aSite({ profile: "standard" }), noHub)).to.deep.equal([]);
  });

  it("give one problem a gate and reason, with the sites that it is about", () => {
    const sites = [rendered, aSite({ target: "cluster" }, 1), aSite({}, 2)];
    expect(gateSiteProblems(all.slice(0, 1), sites, noHub, source, ["spec", "gates"])).to.deep.equal([
      {
        ...{ code: "EDGE-GATE-001", source, path: ["spec", "gates", 0] },
        message: "gate nodes-ready cannot be asked of porto, site-2: target render has no cluster that could answer it",
      },
    ]);
  });
});

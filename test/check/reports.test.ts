import { expect } from "chai";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { jsonReport } from "../../check/report/json";
import { junitReport } from "../../check/report/junit";
import { passes, type CheckResult, type PlacedVerdict } from "../../check/report/result";
import { sarifReport } from "../../check/report/sarif";
import { textReport } from "../../check/report/text";
import { rules } from "../../policy/rules";

const exemption = {
  rule: "no-host-path",
  sites: [],
  resources: [],
  reason: "a driver",
  owner: "crane team",
  until: "2026-12-31",
};
const verdict = (site: string, changes: Partial<PlacedVerdict> = {}): PlacedVerdict => ({
  rule: "no-host-path",
  site,
  level: "mandatory",
  violation: {
    resource: "Deployment a/b",
    field: "f",
    value: "v",
    limit: "l",
    message: `Deployment a/b: f is v; l of ${site}`,
  },
  place: { file: `sites/${site}.yaml`, line: 7 },
  ...changes,
});
const result = (changes: Partial<CheckResult> = {}): CheckResult => ({
  fleet: "harbours",
  day: "2026-11-28",
  sites: ["porto", "vigo"],
  findings: [],
  verdicts: [],
  failures: [],
  built: 2,
  ...changes,
});
const marks = {
  bold: (text: string) => text,
  dim: (text: string) => text,
  red: (text: string) => text,
  yellow: (text: string) => text,
};
const mixed = result({
  verdicts: [
    verdict("porto"),
    verdict("vigo"),
    verdict("vigo", { exemption }),
    verdict("vigo", {
      rule: "image-by-digest",
      level: "advisory",
      violation: { ...verdict("vigo").violation, advisory: "not locked yet" },
    }),
  ],
  findings: [
    {
      code: "EDGE-POL-004",
      severity: "warning",
      file: "policy.yaml",
      line: 3,
      path: "spec",
      message: "over",
      hint: "Do.",
    },
  ],
  failures: [{ site: "porto", message: "no <such> release & more" }],
});

describe("a check", () => {
  it("passes with advice and exemptions, and not with an error or a site that was not built", () => {
    expect(passes(result())).to.equal(true);
    expect(
      passes(result({ verdicts: [verdict("vigo", { exemption }), verdict("vigo", { level: "advisory" })] })),
    ).to.equal(true);
    expect(passes(result({ verdicts: [verdict("vigo")] }))).to.equal(false);
    expect(passes(result({ failures: [{ site: "vigo", message: "no" }] }))).to.equal(false);
  });
});

describe("the report as text", () => {
  it("tells by rule, once for sites that differ in nothing else, and then by site", () => {
    const text = textReport(result({ verdicts: [verdict("porto"), verdict("vigo")] }), marks);
    expect(text).to.equal(
      [
        "no-host-path",
        "  error Deployment a/b: f is v; l of porto",
        "    sites/porto.yaml:7 (porto)",
        "    sites/vigo.yaml:7 (vigo)",
        "  Use a volume claim or an emptyDir.",
        "",
        "Sites that break a rule",
        "  porto  1 error, 0 advice, 0 exempt",
        "  vigo   1 error, 0 advice, 0 exempt",
      ].join("\n"),
    );
  });

  it("says why something is only advice, exempt, or not any more", () => {
    const ended = { ...exemption, until: "2026-01-31" };
    const text = textReport({ ...mixed, verdicts: [...mixed.verdicts, verdict("porto", { ended })] }, marks);
    expect(text).to.include("advice only: not locked yet");
    expect(text).to.include("exempt until 2026-12-31: a driver (crane team)");
    expect(text).to.include("an exemption ended on 2026-01-31: a driver (crane team)");
    expect(text).to.include("it could not be built: no <such> release & more");
  });

  it("names a few of many sites that share a place, and counts the rest", () => {
    const many = Array.from({ length: 9 }, (_, index) =>
      verdict(`s-${index}`, { place: { file: "releases/a.yaml", line: 3 } }),
    );
    expect(textReport(result({ verdicts: many }), marks)).to.include(
      "releases/a.yaml:3 (s-0, s-1, s-2, s-3, s-4, s-5 and 3 more)",
    );
  });

  const unlocked = (site: string, resource: string): PlacedVerdict => ({
    ...verdict(site),
    rule: "image-by-digest",
    level: "advisory",
    violation: {
      resource,
      field: "image",
      value: '"x:1"',
      limit: "an image is named by digest",
      message: `${resource}: image is "x:1"; an image is named by digest`,
      advisory: "release a is not locked yet",
    },
    place: { file: "releases/a.yaml", line: 3 },
  });
  const everywhere = Array.from({ length: 9 }, (_, site) =>
    ["Deployment a/b", "Deployment a/c", "Deployment a/d"].map((resource) => unlocked(`s-${site}`, resource)),
  ).flat();

  it("tells advice that one thing would mend in one line, with how many have it where", () => {
    expect(textReport(result({ verdicts: everywhere }), marks)).to.equal(
      [
        "image-by-digest",
        "  advice an image is named by digest",
        "    Deployment a/b, Deployment a/c and 1 more, at 9 sites (s-0, s-1, s-2, s-3, s-4, s-5 and 3 more)",
        "    advice only: release a is not locked yet",
        "  Lock the release: edgewave release lock.",
      ].join("\n"),
    );
  });

  it("keeps errors and exemptions apart from advice of the same rule, and tells each of them", () => {
    const stops = everywhere.slice(0, 2).map((one): PlacedVerdict => ({ ...one, level: "mandatory" }));
    const text = textReport(result({ sites: ["s-0"], verdicts: [...everywhere, ...stops] }), marks);
    expect(text.match(/^ {2}error /gm)).to.have.lengthOf(2);
    expect(text.match(/^ {2}advice /gm)).to.have.lengthOf(1);
  });

  it("tells each piece of advice to who asks for it", () => {
    const text = textReport(result({ verdicts: everywhere }), marks, { eachAdvice: true });
    expect(text.match(/^ {2}advice Deployment a\/[bcd]: image is "x:1"/gm)).to.have.lengthOf(3);
  });

  it("is empty for a fleet that breaks nothing", () => expect(textReport(result(), marks)).to.equal(""));
});

describe("the report as JSON", () => {
  it("has each violation with file and line, and counts by rule and by site", () => {
    const report = JSON.parse(JSON.stringify(jsonReport(mixed))) as Record<string, unknown> & { violations: object[] };
    expect(report["ok"]).to.equal(false);
    expect(report.violations[0]).to.include({
      rule: "no-host-path",
      site: "porto",
      level: "mandatory",
      exempt: false,
      resource: "Deployment a/b",
      field: "f",
      value: "v",
      limit: "l",
      file: "sites/porto.yaml",
      line: 7,
      fix: "Use a volume claim or an emptyDir.",
    });
    expect(report["byRule"]).to.deep.equal({
      "no-host-path": { stops: 2, advice: 0, exempt: 1 },
      "image-by-digest": { stops: 0, advice: 1, exempt: 0 },
    });
    expect(report["bySite"]).to.deep.equal({
      porto: { stops: 1, advice: 0, exempt: 0 },
      vigo: { stops: 1, advice: 1, exempt: 1 },
    });
  });
});

// SARIF 2.1.0 (OASIS, 27 March 2020): what its sections 3.13 to 3.28 require of what is written here.
describe("the report as SARIF", () => {
  const log = sarifReport(mixed, "1.2.3", "fleets/harbours/");
  const [run, ...others] = log.runs;
  const { results = [], tool } = run!;

  it("is one run of one tool, with every rule described", () => {
    expect([log.version, others.length, tool.driver.name, tool.driver.semanticVersion]).to.deep.equal([
      "2.1.0",
      0,
      "edgewave",
      "1.2.3",
    ]);
    const ids = tool.driver.rules!.map(({ id }) => id);
    expect(ids).to.include.members([...rules.map(({ name }) => name), "EDGE-POL-004", "site-built"]);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const { shortDescription, help } of tool.driver.rules!) {
      expect([shortDescription?.text, help?.text].every((text) => text !== undefined && text !== "")).to.equal(true);
    }
  });

  it("has a result for each finding, violation and site that was not built, each of a described rule", () => {
    expect(results.map(({ ruleId, level }) => `${ruleId} ${level}`)).to.deep.equal([
      "EDGE-POL-004 warning",
      "no-host-path error",
      "no-host-path error",
      "no-host-path error",
      "image-by-digest warning",
      "site-built error",
    ]);
    for (const { ruleId, ruleIndex, message } of results) {
      expect(tool.driver.rules![ruleIndex!]?.id).to.equal(ruleId);
      expect(message.text).to.not.equal("");
    }
  });

  it("has advice once for all sites that share its line, and says which they are", () => {
    const everywhere = Array.from({ length: 9 }, (_, site) =>
      verdict(`s-${site}`, { level: "advisory", place: { file: "releases/a.yaml", line: 3 } }),
    );
    const [found, ...more] = sarifReport(result({ verdicts: everywhere }), "1.2.3", "").runs[0]!.results!;
    expect(more).to.deep.equal([]);
    expect(found?.message.text).to.match(/^9 sites \(s-0, .* and 3 more\): Deployment a\/b: f is v/);
    expect(found?.properties?.["sites"]).to.deep.equal(everywhere.map(({ site }) => site));
  });

  it("points to the line in the repository that is scanned", () => {
    const { artifactLocation, region } = results[1]!.locations![0]!.physicalLocation!;
    expect([artifactLocation?.uri, region?.startLine]).to.deep.equal(["fleets/harbours/sites/porto.yaml", 7]);
  });

  it("suppresses what is exempt, with the reason", () => {
    expect(results.map(({ suppressions }) => suppressions?.[0]?.justification).filter(Boolean)).to.deep.equal([
      "exempt until 2026-12-31: a driver (crane team)",
    ]);
  });

  it("knows a violation again when its line has moved", () => {
    const moved = sarifReport(
      { ...mixed, verdicts: mixed.verdicts.map((one) => ({ ...one, place: { ...one.place, line: 9 } })) },
      "1.2.3",
      "",
    );
    const prints = (given: typeof results) =>
      given.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints));
    expect(prints(moved.runs[0]!.results!)).to.deep.equal(prints(results));
  });
});

interface Case {
  readonly name: string;
  readonly failure?: { readonly message: string };
  readonly error?: { readonly message: string };
  readonly skipped?: unknown;
}

describe("the report as JUnit", () => {
  const xml = junitReport(mixed);
  const parsed = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    isArray: (name) => name === "testcase" || name === "testsuite",
  }).parse(xml) as {
    testsuites: { tests: string; failures: string; errors: string; testsuite: { name: string; testcase: Case[] }[] };
  };
  const caseOf = (suite: string, name: string) =>
    parsed.testsuites.testsuite.find((one) => one.name === suite)?.testcase.find((one) => one.name === name);

  it("is well-formed XML whatever a message holds", () => {
    expect(XMLValidator.validate(xml)).to.equal(true);
    const odd = verdict("vigo", {
      violation: { ...verdict("vigo").violation, message: "a\u0000<b>]]>&\u001b[31m\ud800" },
    });
    expect(XMLValidator.validate(junitReport(result({ verdicts: [odd] })))).to.equal(true);
  });

  it("has a suite for each rule and a case for each site", () => {
    expect(parsed.testsuites.testsuite.map(({ name }) => name)).to.include.members(rules.map(({ name }) => name));
    expect(caseOf("no-harbor", "porto")).to.not.equal(undefined);
  });

  it("fails what breaks a rule, skips what is advice, and errs where a site was not built", () => {
    expect(caseOf("no-host-path", "porto")?.failure?.message).to.equal(
      "sites/porto.yaml:7 Deployment a/b: f is v; l of porto",
    );
    expect(caseOf("image-by-digest", "vigo")).to.include.keys("skipped").and.to.not.include.keys("failure");
    expect(caseOf("site-built", "porto")?.error?.message).to.equal("no <such> release & more");
    expect([parsed.testsuites.failures, parsed.testsuites.errors]).to.deep.equal(["2", "1"]);
  });
});

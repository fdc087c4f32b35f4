import { expect } from "chai";
import fc from "fast-check";
import { judge, siteStates, type Promoted, type Reading } from "../../../probes/siteReport/judge";
import type { SiteReport } from "../../../probes/siteReport/form";
import {
  aKustomization,
  aNode,
  aReport,
  aTable,
  day,
  hour,
  minute,
  now,
  oldCommit,
  promoted,
  promotedCommit,
  rankOf,
  rules,
  samples,
} from "./samples";

const stalled = { Ready: "False", Status: "timeout", Stalled: "True", "Stalled Message": "no such chart" };
const behind = {
  kustomizations: aTable(aKustomization(oldCommit)),
  deployRefs: { text: `${oldCommit} refs/heads/deploy` },
};
const justPromoted: Promoted = { ...promoted, at: now - 20 * minute };

describe("the judgement of a site by its report", () => {
  for (const [what, reading, state, reason, given = promoted] of [
    ["a site that has never reported is silent", { kind: "none" }, "silent", /^it has never reported$/],
    [
      "a report that does not count leaves the site silent, and says why",
      { kind: "unusable", why: "its report does not count: it is not signed" },
      "silent",
      /not signed/,
    ],
    [
      "at the promoted commit, all ready, it has converged",
      aReport(),
      "converged",
      /^1 objects of Flux are ready at c0ffee/,
    ],
    [
      "without anything promoted there is nothing to converge to",
      aReport(),
      "converging",
      /nothing has been promoted/,
      { commit: undefined, at: undefined },
    ],
    [
      "at an older commit shortly after the promotion, it is converging",
      aReport(behind),
      "converging",
      /its Gitea has beef000000 on deploy, not c0ffee0000/,
      justPromoted,
    ],
    [
      "at an older commit long after the promotion, it has drifted",
      aReport(behind),
      "drifted",
      /its Gitea has beef000000/,
    ],
    [
      "at an older commit, and nobody knows when it was promoted, it has drifted",
      aReport(behind),
      "drifted",
      /beef/,
      { ...promoted, at: undefined },
    ],
    [
      "what has stalled has drifted, however short the promotion is ago",
      aReport({ kustomizations: aTable(aKustomization(promotedCommit, stalled)) }),
      "drifted",
      /Kustomization flux-system\/deploy: Stalled is True: no such chart/,
      justPromoted,
    ],
    [
      "a Helm release that failed has drifted",
      aReport({ helmReleases: aTable(aKustomization("", { ...stalled, Name: "loki", "Source Kind": null })) }),
      "drifted",
      /HelmRelease flux-system\/loki/,
    ],
    [
      "a suspended Kustomization has drifted, and says that it is suspended",
      aReport({
        ...behind,
        kustomizations: aTable(aKustomization(oldCommit, { Suspended: true })),
        deployRefs: { text: `${promotedCommit} refs/heads/deploy` },
      }),
      "drifted",
      /and it is suspended/,
    ],
    [
      "a node that is not ready has drifted",
      aReport({ nodes: aTable(aNode("porto-1", "NotReady")) }),
      "drifted",
      /not ready: node porto-1/,
    ],
    [
      "a node that is missing has drifted",
      aReport({ nodes: aTable(aNode("porto-9")) }),
      "drifted",
      /not ready: node porto-1/,
    ],
    [
      "a cordoned node is still ready",
      aReport({ nodes: aTable(aNode("porto-1", "Ready,SchedulingDisabled")) }),
      "converged",
      /ready/,
    ],
    [
      "a site that could not ask its API server is stale",
      aReport({ kustomizations: { problem: "curl: (7) Failed to connect" } }),
      "stale",
      /could not tell: Kustomizations: curl: \(7\)/,
    ],
    [
      "a report that is older than a promotion long ago is stale",
      aReport(behind, { at: now - 70 * minute }),
      "stale",
      /older than the promotion/,
      { ...promoted, at: now - 65 * minute },
    ],
    [
      "a report that is late is stale, and says what it was then",
      aReport({}, { at: now - 3 * hour }),
      "stale",
      /no report since 2026-11-28T09:00Z, and one is due every 30 min; then it was converged: /,
    ],
    [
      "no report for longer than the outage that it must bear is silence",
      aReport({}, { at: now - 4 * day }),
      "silent",
      /for longer than the outage of 72 h/,
    ],
    [
      "a report from the future says nothing of now",
      aReport({}, { at: now + day, contact: undefined }),
      "stale",
      /dated 2026-11-29T12:00Z, which has not come yet/,
    ],
    [
      "a clock that is a year ahead is put right by what the hub's said",
      aReport({}, { at: now + 365 * day, contact: { at: now + 365 * day, hub: now - minute } }),
      "converged",
      /ready/,
    ],
    [
      "a clock that is a year behind is put right too",
      aReport({}, { at: now - 365 * day, contact: { at: now - 365 * day, hub: now - minute } }),
      "converged",
      /ready/,
    ],
    [
      "an old report with a right clock is not made young by its contact",
      aReport({}, { at: now - 5 * day, contact: { at: now - 5 * day, hub: now - 5 * day } }),
      "silent",
      /2026-11-23/,
    ],
  ] as readonly (readonly [string, Reading | SiteReport, string, RegExp, Promoted?])[]) {
    it(what, () => {
      const read: Reading = "kind" in reading ? reading : { kind: "report", report: reading };
      const found = judge(read, given, now, rules);
      expect(found.reason).to.match(reason);
      expect(found.state).to.equal(state);
    });
  }

  it("warns of clocks, buffers and certificates, whatever the state is", () => {
    const report = aReport(
      {
        clockOffset: samples(0.001, -7.25),
        bufferFill: samples(0.93, 0.1),
        certificates: {
          text: "gitea Dec  1 12:00:00 2026 GMT\nmqtt Nov 28 11:00:00 2026 GMT\nbastion \napi-server Nov 28 12:00:00 2036 GMT",
        },
      },
      { contact: { at: now - 5 * minute, hub: now - 5 * minute - 2 * day } },
    );
    expect(judge({ kind: "report", report }, promoted, now, rules).warnings).to.deep.equal([
      "its clock is 2 d ahead",
      "a node's clock is off by 7.3 s",
      "its buffer is 93% full",
      "certificate gitea ends in 3 d",
      "certificate mqtt has run out",
    ]);
    expect(judge({ kind: "report", report: aReport() }, promoted, now, rules).warnings).to.deep.equal([]);
  });

  it("shows what a site says in one line that cannot move a cursor", () => {
    const message = `broken \u001b[2J\n${"x".repeat(9000)}`.slice(0, 8000);
    const kustomizations = aTable(aKustomization(promotedCommit, { ...stalled, "Stalled Message": message }));
    const { reason } = judge({ kind: "report", report: aReport({ kustomizations }) }, promoted, now, rules);
    expect(reason).to.include("broken \\u001b[2J xxx").and.to.have.length.below(420);
  });
});

const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.json({ maxDepth: 4 }),
  fc.constantFrom("null", "[]", '{"kind":"Table"}'),
);
const part = fc.oneof(
  text.map((answer) => ({ text: answer })),
  fc.string().map((problem) => ({ problem })),
);
const good = aReport();
const partsOf = fc.record(
  Object.fromEntries(
    Object.entries(good.parts).map(([name, usual]) => [
      name,
      fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, part),
    ]),
  ),
) as unknown as fc.Arbitrary<SiteReport["parts"]>;
const anyKustomization = fc
  .record({ commit: fc.constantFrom(promotedCommit, oldCommit), failed: fc.boolean(), suspended: fc.boolean() })
  .map(({ commit, failed, suspended }) =>
    aTable(aKustomization(commit, { ...(failed ? stalled : {}), Suspended: suspended })),
  );
const instant = fc.integer({ min: now - 400 * day, max: now });
const anyPromoted = fc.oneof(
  fc.record({ commit: fc.constant(promotedCommit), at: fc.option(instant, { nil: undefined }) }),
  fc.constant({ commit: undefined, at: undefined }),
);

describe("every judgement", () => {
  it("has one of the five states, a reason, and never throws, whatever a report holds", () => {
    fc.assert(
      fc.property(
        partsOf,
        fc.integer({ min: -8e15, max: 8e15 }),
        anyPromoted,
        fc.option(fc.integer(), { nil: undefined }),
        (parts, at, known, hub) => {
          const report = { ...good, at, parts, contact: { at, hub } };
          const found = judge({ kind: "report", report }, known, now, rules);
          expect(siteStates).to.include(found.state);
          expect(found.reason.trim()).not.to.equal("");
        },
      ),
    );
  });

  it("is never better for an older report that says the same", () => {
    fc.assert(
      fc.property(
        partsOf,
        anyKustomization,
        instant,
        instant,
        anyPromoted,
        (parts, kustomizations, one, other, known) => {
          const of = (at: number) => {
            const report = { ...good, at, contact: undefined, parts: { ...parts, kustomizations } };
            return rankOf[judge({ kind: "report", report }, known, now, rules).state];
          };
          expect(of(Math.min(one, other))).to.be.at.least(of(Math.max(one, other)));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is never converged unless the site says that it has applied the promoted commit", () => {
    fc.assert(
      fc.property(partsOf, instant, anyPromoted, (parts, at, known) => {
        const report = {
          ...good,
          at,
          contact: undefined,
          parts: { ...parts, kustomizations: aTable(aKustomization(oldCommit)) },
        };
        expect(judge({ kind: "report", report }, known, now, rules).state).not.to.equal("converged");
      }),
    );
  });
});

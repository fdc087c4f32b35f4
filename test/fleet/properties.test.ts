import { expect } from "chai";
import fc from "fast-check";
import { assembleFleet } from "../../fleet/assemble";
import { codes } from "../../fleet/codes";
import { builtInKnowledge } from "../../fleet/knowledge";
import type { Fleet, Link, ProfileName, ResolvedSite } from "../../fleet/model";
import type { FleetFile } from "../../fleet/source/files";
import { aFleet, aRelease, aRollout, aSite, aWave } from "../support/fleet";
import { fleetFiles } from "../support/fleetFiles";

const assemble = (files: readonly FleetFile[]) => assembleFleet(files, builtInKnowledge);

const profile = fc.constantFrom<ProfileName>("micro", "mini", "standard", "ha-edge");
const site = (index: number): fc.Arbitrary<ResolvedSite> =>
  fc
    .record({
      profile,
      architecture: fc.constantFrom("amd64" as const, "arm64" as const),
      region: fc.constantFrom("atlantic", "north-sea", "baltic"),
      timeZone: fc.constantFrom("Europe/Lisbon", "Atlantic/Azores", "UTC"),
      target: fc.constant("render" as const),
      offline: fc.option(
        fc.record({ reason: fc.constantFrom("storm: mast down", "# no link", "'"), since: fc.constant("2026-10-28") }),
        {
          nil: undefined,
        },
      ),
      labels: fc.dictionary(
        fc.constantFrom("tier", "on", "null", "1", "a.b"),
        fc.constantFrom("x", "1", "true", "null", "", "0x1"),
      ),
      kind: fc.constantFrom<Link["kind"]>("fibre", "dsl", "lte", "satellite", "microwave"),
      maxOutageHours: fc.integer({ min: 1, max: 96 }),
      messagesPerSecond: fc.integer({ min: 1, max: 50 }),
    })
    .map(({ kind, maxOutageHours, messagesPerSecond, ...overrides }) =>
      aSite({ ...overrides, link: { kind, maxOutageHours }, ingestion: { messagesPerSecond } }, index),
    )
    // The builder merges labels into its own; here they are meant as a whole.
    .map((made) => ({ ...made, labels: Object.fromEntries(Object.entries(made.labels)) }));

const fleet: fc.Arbitrary<Fleet> = fc
  .integer({ min: 1, max: 8 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => site(index))))
  .chain((sites) =>
    fc
      .record({
        canary: fc.boolean(),
        percent: fc.integer({ min: 1, max: 100 }),
        deferred: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
        soakSeconds: fc.integer({ min: 0, max: 3600 }),
      })
      .map(({ canary, percent, deferred, soakSeconds }) =>
        aFleet({
          sites: [...sites].sort((a, b) => (a.name < b.name ? -1 : 1)),
          releases: [aRelease(), aRelease({ name: "2026.9.1", kubernetes: "1.34.3" })].reverse(),
          rollouts: [
            aRollout({
              maxDeferred: deferred === undefined ? undefined : { percent: deferred },
              waves: [
                aWave({ name: "first", canary, size: { percent }, soakSeconds, maxFailures: { count: 0 } }),
                aWave({ name: "rest", size: "rest" }),
              ],
            }),
          ],
        }),
      ),
  );

/** Mistakes that a person or a machine makes: bytes gone, lines doubled, values swapped. */
const damage = (text: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.tuple(fc.nat(text.length), fc.nat(40)).map(([at, length]) => text.slice(0, at) + text.slice(at + length)),
    fc
      .tuple(fc.nat(text.length), fc.string({ unit: "binary", maxLength: 20 }))
      .map(([at, more]) => text.slice(0, at) + more + text.slice(at)),
    fc.nat(text.split("\n").length).map((line) => {
      const lines = text.split("\n");
      return [...lines.slice(0, line), lines[line], ...lines.slice(line)].join("\n");
    }),
    fc.tuple(fc.nat(text.split("\n").length), fc.jsonValue()).map(([line, value]) =>
      text
        .split("\n")
        .map((one, index) => (index === line ? one.replace(/: .*$/, `: ${JSON.stringify(value)}`) : one))
        .join("\n"),
    ),
  );

describe("reading a fleet", () => {
  it("finds nothing in any valid fleet, and gives it back as it was", () => {
    fc.assert(
      fc.property(fleet, (meant) => {
        const { fleet: read, findings } = assemble(fleetFiles(meant));
        expect(findings).to.deep.equal([]);
        expect(read).to.deep.equal(meant);
      }),
      { numRuns: 60 },
    );
  }).timeout(60_000);

  it("never throws, whatever a file holds", () => {
    const paths = fc.constantFrom(
      "fleet.yaml",
      "sites/a.yaml",
      "releases/a.yaml",
      "rollouts/a.yaml",
      "releases/a.lock.json",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.string({
        unit: fc.constantFrom(
          "-",
          " ",
          "\n",
          ":",
          "a",
          "[",
          "]",
          "{",
          "}",
          "&",
          "*",
          "!",
          "|",
          ">",
          "%",
          "#",
          "'",
          '"',
          "\t",
          "?",
          ",",
        ),
      }),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc
        .jsonValue()
        .map((spec) => JSON.stringify({ apiVersion: "edgewave.dev/v1alpha1", kind: "Site", metadata: spec, spec })),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ path: paths, text }), { maxLength: 4 }), (files) => {
        const { fleet, findings } = assemble(files);
        expect(fleet).to.equal(undefined);
        for (const finding of findings) {
          expect(codes).to.have.property(finding.code);
          expect(finding.line).to.be.at.least(1);
          expect(finding.message).to.not.match(/[\n\r\u001b]/);
          expect(finding.path).to.not.match(/[\n\r\u001b]/);
        }
      }),
      { numRuns: 500 },
    );
  }).timeout(60_000);

  it("either finds something in a damaged file or still gives a fleet", () => {
    const files = fleetFiles(aFleet({ sites: [aSite(), aSite({ profile: "mini" }, 1)] }));
    const damaged = fc
      .nat(files.length - 1)
      .chain((index) => damage(files[index]?.text ?? "").map((text) => ({ index, text })));
    fc.assert(
      fc.property(damaged, ({ index, text }) => {
        const changed = files.map((file, position) => (position === index ? { ...file, text } : file));
        const { fleet, findings } = assemble(changed);
        expect(fleet === undefined).to.equal(findings.some((finding) => finding.severity === "error"));
        const lines = text.split(/\r\n|\r|\n/).length;
        for (const finding of findings) {
          if (finding.file === changed[index]?.path) expect(finding.line).to.be.within(1, lines + 1);
        }
      }),
      { numRuns: 400 },
    );
  }).timeout(60_000);

  it("gives the same findings in whatever order the files come", () => {
    const broken = fleetFiles(aFleet({ sites: [aSite(), aSite({ name: "vigo" }), aSite({ profile: "mini" }, 2)] })).map(
      (file) => ({ ...file, text: file.text.replace("release: 2026.11.0", "release: 2026.11.1") }),
    );
    const expected = assemble(broken).findings;
    expect(expected.length).to.be.above(4);
    fc.assert(
      fc.property(fc.shuffledSubarray(broken, { minLength: broken.length }), (files) => {
        expect(assemble(files).findings).to.deep.equal(expected);
      }),
      { numRuns: 20 },
    );
  });
});

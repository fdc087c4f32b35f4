import { createHash } from "node:crypto";

import { expect } from "chai";
import fc from "fast-check";

import type { ReportData } from "../../report/data";
import { reportFrom } from "../../report/fromState";
import { renderReport } from "../../report/renderReport";
import { darkColours, lightColours } from "../../report/style";
import { aWorld, drive } from "../rollout/drive";
import { aRollout, sites } from "../support/fleet";
import { aReport, aReportSite } from "./sample";

const offline = { reason: "dredging cut the fibre", since: "2026-11-20" };

/** The page's tags, in order, without what is in them. */
function tags(page: string): string[] {
  return [...page.replace(/<(style|script)>.*?<\/\1>/gs, "<$1></$1>").matchAll(/<(\/?[a-z][a-z0-9]*)/g)].map(
    (match) => match[1] ?? "",
  );
}

/** The page's text without tags, with single spaces. */
function text(page: string): string {
  return page
    .replace(/<(style|script)>.*?<\/\1>/gs, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
}

describe("renderReport", () => {
  it("tells a real rollout: result, totals, waves, regions, what is deferred and what failed", async () => {
    const fleet = sites(8, (index) => ({ region: index < 4 ? "north" : "south", ...(index === 5 ? { offline } : {}) }));
    const rollout = aRollout({ maxFailures: { count: 2 } as never });
    const state = await drive(aWorld(fleet, rollout, { "site-3": { fails: "disk full" } }));
    const page = text(renderReport(reportFrom(state)));
    expect(page).to.contain("harbours to release 2026.11.0").and.to.contain("Ended with failures");
    expect(page).to.contain("8 sites in all 6 succeeded 1 failed 1 deferred");
    expect(page).to.match(/north 3 1 0 4/);
    expect(page).to.match(/south 3 0 1 4/);
    expect(page).to.match(/What failed and why .* site-3 disk full/);
    expect(page).to.match(/What is deferred and why .* site-5 no link since 2026-11-20: dredging cut the fibre/);
    expect(page).to.match(/rest 7 5 succeeded, 1 failed, 1 deferred 4/);
  });

  it("says clearly when the release is not locked, and nothing of it when it is", () => {
    const unlocked = renderReport(aReport({ release: { name: "2026.11.0", locked: false } }));
    expect(text(unlocked)).to.contain("Release 2026.11.0 is not locked.");
    expect(renderReport(aReport())).not.to.contain("not locked");
  });

  it("shows a halt with its reason and on the time line", () => {
    const report = aReport({ result: "halted", halt: { at: aReport().startedAt + 5000, reason: "1 site failed" } });
    const page = renderReport(report);
    expect(text(page)).to.contain("The rollout halted at 2026-11-23 12:00:05 UTC: 1 site failed");
    expect(page).to.contain('class="halt"');
    expect(renderReport(aReport())).not.to.contain('class="halt"');
  });

  it("tells an interrupted rollout, a resumed one and one that is under way", () => {
    expect(text(renderReport(aReport({ result: "interrupted" })))).to.contain("The driver was stopped before the end.");
    expect(text(renderReport(aReport({ resumes: 2 })))).to.contain("resumed 2 times");
    const running = aReportSite({ outcome: "running", finishedAt: undefined });
    expect(text(renderReport(aReport({ result: "running", sites: [running] })))).to.contain("Running");
  });

  it("draws no time line when no site was run", () => {
    const deferred = aReportSite({
      outcome: "deferred",
      startedAt: undefined,
      finishedAt: undefined,
      reason: "no link",
    });
    const page = renderReport(aReport({ sites: [deferred] }));
    expect(text(page)).to.contain("No site was run.");
    expect(page).not.to.contain('class="timeline"');
  });

  it("names sites that no wave takes, and what was done beside a run", () => {
    const page = text(
      renderReport(
        aReport({
          unassigned: [{ site: "faro", reason: "no wave takes it" }],
          sites: [aReportSite({ notes: ["cancelled the lock of a dead process"] })],
        }),
      ),
    );
    expect(page).to.match(/Sites in no wave .* faro no wave takes it/);
    expect(page).to.contain("cancelled the lock of a dead process");
  });

  it("gives sites with one reason one entry", () => {
    const failed = ["a", "b", "c"].map((name) => aReportSite({ name, outcome: "failed", reason: "no route" }));
    expect(renderReport(aReport({ sites: failed })).match(/<dd><bdi>no route/g)).to.have.length(1);
  });

  it("refers to nothing outside itself", () => {
    const page = renderReport(aReport());
    expect(page).not.to.match(/https?:|\/\/[a-z]|@import|\ssrc=|<link|<img|<iframe|<object/);
    for (const [, target] of page.matchAll(/href="([^"]*)"|url\(([^)]*)\)/g)) {
      if (target !== undefined) expect(target).to.match(/^#/);
    }
  });

  it("lets only its own script run", () => {
    const page = renderReport(aReport());
    const [, script = ""] = /<script>(.*?)<\/script>/s.exec(page) ?? [];
    const digest = createHash("sha256").update(script).digest("base64");
    expect(page).to.contain(`script-src &#39;sha256-${digest}&#39;;`);
    expect(page.match(/<script/g)).to.have.length(1);
    expect(page).not.to.match(/\son[a-z]+="/);
  });

  it("has a script that is a program", () => {
    const [, script = ""] = /<script>(.*?)<\/script>/s.exec(renderReport(aReport())) ?? [];
    expect(() => new Function(script)).not.to.throw();
  });

  it("stays small with 500 sites, and has a row for each", () => {
    const many = Array.from({ length: 500 }, (_, index) => aReportSite({ name: `site-${index}` }, index));
    const page = renderReport(aReport({ sites: many, endedAt: aReport().startedAt + 600_000 }));
    expect(page.length).to.be.lessThan(700_000);
    expect(page.match(/<tr data-outcome/g)).to.have.length(500);
  });

  it("has one main heading, and heads for the columns and rows of every table", () => {
    const page = renderReport(aReport());
    expect(page.match(/<h1/g)).to.have.length(1);
    for (const [, table = ""] of page.matchAll(/<table[^>]*>(.*?)<\/table>/gs)) {
      expect(table).to.match(/<th[^>]* scope="col"|<th scope="col"/);
      expect(table).to.contain('scope="row"');
    }
    expect(page).to.contain('<html lang="en">');
  });

  describe("whatever is in the data", () => {
    const hostile = fc.oneof(
      fc.constantFrom(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        "</style><script>alert(1)</script>",
        "${alert(1)}",
        "&lt;b&gt;",
        "\u202egnitteg era sgniht\u0000\ud800",
        "]]></svg><script>",
      ),
      fc.string({ unit: "binary" }),
    );

    function reportOf(word: string): ReportData {
      const site = (outcome: "failed" | "deferred" | "succeeded") =>
        aReportSite({
          name: word,
          wave: word,
          region: word,
          profile: word,
          outcome,
          reason: word,
          notes: [word],
          commit: word,
        });
      return aReport({
        fleet: word,
        rollout: word,
        run: word,
        release: { name: word, locked: false },
        halt: { at: aReport().startedAt, reason: word },
        waves: aReport().waves.map((wave) => ({ ...wave, name: word })),
        sites: [site("failed"), site("deferred"), site("succeeded")],
        unassigned: [{ site: word, reason: word }],
      });
    }

    it("has the same tags, so nothing of the data is markup", () => {
      const expected = tags(renderReport(reportOf("plain")));
      fc.assert(
        fc.property(hostile, (word) => {
          const page = renderReport(reportOf(word));
          expect(tags(page)).to.deep.equal(expected);
          expect(page.match(/<script/g)).to.have.length(1);
          expect(page).to.equal(Buffer.from(page, "utf8").toString("utf8"));
        }),
      );
    });
  });
});

describe("the report's colours", () => {
  const channels = (colour: string) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const luminance = (rgb: readonly number[]) => {
    const [red = 0, green = 0, blue = 0] = rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (a: readonly number[], b: readonly number[]) => {
    const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };
  /** A badge's ground: 11 % of its own colour over the surface. */
  const tinted = (colour: readonly number[], surface: readonly number[]) =>
    surface.map((channel, index) => channel * 0.89 + (colour[index] ?? 0) * 0.11);

  for (const [theme, { surface, ...colours }] of Object.entries({ light: lightColours, dark: darkColours })) {
    for (const [outcome, colour] of Object.entries(colours)) {
      it(`can be read in the ${theme}: ${outcome}`, () => {
        const [ink, ground] = [channels(colour), channels(surface)];
        expect(contrast(ink, ground)).to.be.at.least(4.5);
        expect(contrast(ink, tinted(ink, ground))).to.be.at.least(4.5);
      });
    }
  }
});

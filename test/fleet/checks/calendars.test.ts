import { expect } from "chai";
import { assembleFleet } from "../../../fleet/assemble";
import { checkCalendars } from "../../../fleet/checks/calendars";
import type { Calendar } from "../../../fleet/calendar";
import { builtInKnowledge } from "../../../fleet/knowledge";
import { aFleet, aSite } from "../../support/fleet";
import { fleetFiles } from "../../support/fleetFiles";
import { contextOf, problems } from "./context";

const night = { days: [], from: "22:00", to: "04:00", timeZone: undefined } as const;
const sundays = { days: ["sun"], from: "01:00", to: "02:00", timeZone: undefined } as const;
const freeze = { from: "2026-12-20", to: "2027-01-06", open: false, reason: "peak", timeZone: undefined } as const;

const found = (maintenance: Partial<Calendar>): string[] =>
  problems(
    checkCalendars,
    aFleet({ sites: [aSite({ maintenance: { windows: [], exceptions: [], ...maintenance } })] }),
  );

describe("a maintenance calendar", () => {
  for (const [sentence, one] of [
    ["may have windows and freezes", { windows: [night], exceptions: [freeze] }],
    ["may be always open", {}],
    ["may freeze a single day", { exceptions: [{ ...freeze, to: freeze.from }] }],
    ["may be closed for a year", { exceptions: [{ ...freeze, to: "2027-12-20" }] }],
    [
      "may have a long freeze after a short one",
      { exceptions: [freeze, { ...freeze, from: "2027-01-08", to: "2028-01-01" }] },
    ],
  ] as const) {
    it(sentence, () => expect(found(one)).to.deep.equal([]));
  }

  it("names zones of the IANA database, with the same words as a site", () => {
    const windows = [{ ...night, timeZone: "europe/MADRID" }];
    const exceptions = [freeze, { ...freeze, timeZone: "Europe/Lisboa" }];
    const [window, exception, ...others] = checkCalendars(
      contextOf(aFleet({ sites: [aSite({ maintenance: { windows, exceptions } })] })),
    );
    expect(others).to.deep.equal([]);
    expect(window).to.deep.include({
      code: "EDGE-SITE-006",
      path: ["spec", "maintenance", "windows", 0, "timeZone"],
      hint: "Write Europe/Madrid.",
    });
    expect(exception).to.deep.include({
      code: "EDGE-SITE-006",
      path: ["spec", "maintenance", "exceptions", 1, "timeZone"],
      hint: "Did you mean Europe/Lisbon?",
    });
  });

  it("has exceptions that do not end before they begin", () => {
    expect(found({ exceptions: [{ ...freeze, to: "2026-12-19" }] })).to.deep.equal([
      "EDGE-CAL-001 spec.maintenance.exceptions[0].to: the exception begins on 2026-12-20 and ends on 2026-12-19, before it",
    ]);
  });

  describe("that never opens", () => {
    for (const [sentence, one, index, from] of [
      ["because of a long freeze", { exceptions: [{ ...freeze, to: "2028-12-20" }] }, 0, "2026-12-20"],
      [
        "because of freezes that follow each other, in any order",
        { exceptions: [{ ...freeze, from: "2027-01-07", to: "2028-01-30" }, freeze] },
        1,
        "2026-12-20",
      ],
      [
        "because no window is left between two freezes",
        { windows: [sundays], exceptions: [freeze, { ...freeze, from: "2027-01-08", to: "2028-02-01" }] },
        0,
        "2026-12-20",
      ],
      [
        "because a freeze overrules what is open by exception",
        {
          exceptions: [
            { ...freeze, to: "2028-12-20" },
            { ...freeze, open: true },
          ],
        },
        0,
        "2026-12-20",
      ],
    ] as const) {
      it(sentence, () =>
        expect(found(one)).to.deep.equal([
          `EDGE-CAL-002 spec.maintenance.exceptions[${index}]: nothing opens within 400 days from ${from}, when the freeze "peak" begins`,
        ]),
      );
    }

    it("is no such one if a night's window reaches into the only free day", () => {
      // 2027-01-08 is a Friday.
      const exceptions = [
        { ...freeze, to: "2027-01-07" },
        { ...freeze, from: "2027-01-09", to: "2028-02-01" },
      ];
      expect(found({ windows: [{ ...night, days: ["thu"] }], exceptions })).to.deep.equal([]);
      expect(found({ windows: [{ ...night, days: ["thu"], to: "00:00" }], exceptions })).to.have.length(1);
      expect(found({ windows: [{ ...night, days: ["sat"] }], exceptions })).to.have.length(1);
    });

    it("is told once for hundreds of freezes", () => {
      const exceptions = Array.from({ length: 400 }, () => ({ ...freeze, to: "2028-02-01" }));
      expect(found({ exceptions })).to.have.length(1);
      expect(found({ exceptions: exceptions.map((one) => ({ ...one, to: "2028-01-20" })) })).to.deep.equal([]);
    });
  });
});

describe("a calendar in YAML", () => {
  const [fleetFile, siteFile] = fleetFiles(aFleet({ rollouts: [], releases: [] }));
  const read = (maintenance: string, fleetMaintenance?: string) => {
    const site = { path: "sites/porto.yaml", text: `${siteFile!.text}${maintenance}` };
    const defaults = fleetMaintenance === undefined ? "" : `  defaults: {maintenance: ${fleetMaintenance}}\n`;
    return assembleFleet([{ ...fleetFile!, text: fleetFile!.text + defaults }, site], builtInKnowledge);
  };
  const findings = (maintenance: string) =>
    read(maintenance).findings.map(({ code, path, line, message }) => `${code} ${path} ${line > 1} ${message}`);

  it("gets its defaults", () => {
    const { fleet } = read(
      "  maintenance:\n    windows: [{ days: [sat, sun], from: '22:00', to: '04:00', timeZone: Europe/Lisbon }, {from: '01:00', to: '02:00'}]\n" +
        "    exceptions: [{ from: 2026-12-20, to: 2027-01-06, open: false, reason: peak season }]\n",
    );
    expect(fleet?.sites[0]?.maintenance).to.deep.equal({
      windows: [
        { days: ["sat", "sun"], from: "22:00", to: "04:00", timeZone: "Europe/Lisbon" },
        { days: [], from: "01:00", to: "02:00", timeZone: undefined },
      ],
      exceptions: [{ from: "2026-12-20", to: "2027-01-06", open: false, reason: "peak season", timeZone: undefined }],
    });
  });

  it("is always open if none is written", () => {
    expect(read("").fleet?.sites[0]?.maintenance).to.deep.equal({ windows: [], exceptions: [] });
  });

  it("comes from the fleet's defaults, as a whole, if the site has none", () => {
    const ofFleet = "{windows: [{from: '01:00', to: '02:00'}]}";
    expect(read("", ofFleet).fleet?.sites[0]?.maintenance.windows).to.have.length(1);
    const own = "  maintenance: {exceptions: []}\n";
    expect(read(own, ofFleet).fleet?.sites[0]?.maintenance.windows).to.deep.equal([]);
  });

  for (const [sentence, written, expected] of [
    ["takes no list of windows without any", "{windows: []}", "EDGE-VALUE-004 spec.maintenance.windows"],
    ["takes no 24:00", "{windows: [{from: '20:00', to: '24:00'}]}", "EDGE-VALUE-003 spec.maintenance.windows[0].to"],
    [
      "takes no time without quotes that YAML reads as a number",
      "{windows: [{from: 20, to: '21:00'}]}",
      "EDGE-VALUE-001 spec.maintenance.windows[0].from",
    ],
    [
      "takes no day of another name",
      "{windows: [{days: [monday], from: '20:00', to: '21:00'}]}",
      "EDGE-VALUE-002 spec.maintenance.windows[0].days[0]",
    ],
    [
      "takes no date that there is not",
      "{exceptions: [{from: 2026-02-29, to: 2026-03-01, open: false, reason: x}]}",
      "EDGE-VALUE-003 spec.maintenance.exceptions[0].from",
    ],
    [
      "asks for a reason",
      "{exceptions: [{from: 2026-02-28, to: 2026-03-01, open: false}]}",
      "EDGE-KEY-002 spec.maintenance.exceptions[0].reason",
    ],
  ] as const) {
    it(sentence, () => {
      const [first, ...others] = findings(`  maintenance: ${written}\n`);
      expect(others).to.deep.equal([]);
      expect(first).to.match(new RegExp(`^${expected.replace(/[[\].]/g, "\\$&")} true `));
    });
  }
});

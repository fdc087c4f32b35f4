import { expect } from "chai";
import pc from "picocolors";
import { formatSeconds } from "../../cli/printing/outcome";
import { rolloutProgress } from "../../cli/printing/progress";
import { formatReasons } from "../../cli/printing/summary";
import { formatTable } from "../../cli/printing/table";
import { foldEvents } from "../../rollout/fold";
import { aWorld, drive } from "../rollout/drive";
import { aRollout, aWave, sites } from "../support/fleet";
import { recordedIo } from "../support/io";

describe("printing", () => {
  const seconds: [number, string][] = [
    [0, "0.0 s"],
    [0.84, "0.8 s"],
    [99.94, "99.9 s"],
    [99.96, "1 m 40 s"],
    [200, "3 m 20 s"],
    [3599.6, "1 h 0 m"],
    [7500, "2 h 5 m"],
  ];
  for (const [value, text] of seconds) {
    it(`writes ${value} seconds as ${text}`, () => expect(formatSeconds(value)).to.equal(text));
  }

  it("lines columns up, figures to the right, and leaves no spaces at the ends", () => {
    const table = formatTable(
      ["site", "seconds"],
      [
        ["porto", "3.1"],
        ["ponta-delgada", ""],
      ],
      ["seconds"],
    );
    expect(table).to.equal("site           seconds\nporto              3.1\nponta-delgada");
  });
});

describe("what is printed of a rollout that halts", () => {
  const halted = async (count: number) => {
    const waves = [aWave({ name: "canary", canary: true, size: { count: 2 } }), aWave({ name: "rest", size: "rest" })];
    const world = aWorld(sites(count), aRollout({ waves, maxConcurrency: 2 }), { porto: { fails: "disk full" } });
    return { state: await drive(world), events: world.ledger.recorded };
  };

  it("is a line for each site that ran, and one for all that were skipped", async () => {
    const io = recordedIo("/");
    const progress = rolloutProgress(io);
    const { events } = await halted(40);
    events.forEach((recorded, index) => {
      if (index > 0) progress.onEvent(recorded, foldEvents(events.slice(0, index + 1)));
    });
    progress.close();
    const lines = io.out().trimEnd().split("\n");
    expect(lines.filter((line) => line.includes(" failed ")).length).to.equal(1);
    expect(lines.filter((line) => /^halted: |skipped/.test(line)).length).to.equal(2);
    expect(lines.at(-1)).to.match(/^ {2}38 sites skipped: site-\d+, .* and 30 more$/);
  });

  it("names failures before the rest, and counts what is beyond a screen", async () => {
    const { state } = await halted(4);
    const [first] = formatReasons(state, pc.createColors(false));
    expect(first).to.equal("failed porto: disk full");
    expect(formatReasons(state, pc.createColors(false), 0)).to.deep.equal([
      "and 1 more; edgewave status --sites lists all",
    ]);
  });
});

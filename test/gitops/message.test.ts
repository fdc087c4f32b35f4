import { expect } from "chai";
import { secondsOf, siteMessage } from "../../gitops/message";

describe("secondsOf", () => {
  for (const [date, seconds] of [
    ["1970-01-01", 0],
    ["2026-11-02", 1793577600],
    ["2026-11-02T06:00:00Z", 1793599200],
    ["2026-11-02T06:00:00+02:00", 1793592000],
  ] as const) {
    it(`takes ${date}`, () => expect(secondsOf({ name: "r", date })).to.equal(seconds));
  }
  for (const date of ["", "soon", "2026-13-01", "2026-11-02T06:00:00", "1969-12-31", "02.11.2026"]) {
    it(`refuses ${JSON.stringify(date)}`, () =>
      expect(() => secondsOf({ name: "r", date })).to.throw(RangeError, "Release r"));
  }
});

describe("siteMessage", () => {
  it("ends with the trailers", () => {
    expect(siteMessage("porto", { name: "2026.11.0" }, "f".repeat(40)).split("\n\n").at(-1)).to.equal(
      `Fleet-Commit: ${"f".repeat(40)}\nRelease: 2026.11.0`,
    );
  });
});

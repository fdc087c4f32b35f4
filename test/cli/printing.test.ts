import { expect } from "chai";
import { formatSeconds } from "../../cli/printing/outcome";
import { formatTable } from "../../cli/printing/table";

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

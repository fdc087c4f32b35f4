import { expect } from "chai";
import { codes as fleetCodes } from "../../fleet/codes";
import { lockCodes } from "../../registry";

const codes = { ...fleetCodes, ...lockCodes };

describe("the codes of findings", () => {
  for (const [code, text] of Object.entries(codes)) {
    it(`explain ${code}`, () => {
      expect(code).to.match(/^EDGE-[A-Z]+-\d{3}$/);
      expect(text.title).to.match(/^[A-Z].*[^.]$/);
      expect(text.why).to.match(/^[A-Z].*\.$/);
      expect(text.fix).to.match(/^[A-Z].*\.$/);
    });
  }

  it("count without gaps in each group, so that none was reused or lost", () => {
    const groups = new Map<string, number[]>();
    for (const code of Object.keys(codes)) {
      const [, group = "", number = ""] = code.split("-");
      groups.set(group, [...(groups.get(group) ?? []), Number(number)]);
    }
    for (const [group, numbers] of groups) {
      expect(numbers, group).to.deep.equal(numbers.map((_, index) => index + 1));
    }
  });
});

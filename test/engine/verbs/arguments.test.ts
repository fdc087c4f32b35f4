import { expect } from "chai";

import { parseArguments } from "../../../engine/verbs/arguments";
import { findVerb } from "../../../engine/verbs/table";

describe("a command line", () => {
  it("is read with flags in each of their forms", () => {
    const args = parseArguments(
      "up",
      ["--yes", "--parallel", "4", "--message=a=b", "-s", "dev", "--replace", "x", "--replace", "y"],
      {
        yes: "switch",
        parallel: "number",
        message: "text",
        replace: "list",
      },
      [],
    );
    expect(args.has("yes")).to.equal(true);
    expect(args.number("parallel")).to.equal(4);
    expect(args.text("message")).to.equal("a=b");
    expect(args.text("stack")).to.equal("dev");
    expect(args.list("replace")).to.deep.equal(["x", "y"]);
  });

  it("takes everything after -- as it stands", () => {
    expect(parseArguments("config set", ["key", "--", "--value"], {}, ["KEY", "VALUE"]).positional).to.deep.equal([
      "key",
      "--value",
    ]);
  });

  const wrong: readonly (readonly [string, readonly string[], string])[] = [
    ["an unknown flag", ["--policy-pack", "x"], "the flag --policy-pack of 'pulumi up'"],
    ["an unknown short flag", ["-x"], "the flag -x of 'pulumi up'"],
    ["a flag without its value", ["--message"], "flag needs an argument: --message"],
    ["an argument too many", ["extra"], "it was also given extra"],
  ];
  for (const [name, words, message] of wrong) {
    it(`is refused with ${name}`, () => {
      expect(() => parseArguments("up", words, { message: "text" }, [])).to.throw(message);
    });
  }

  it("is refused with a number that is none", () => {
    const args = parseArguments("up", ["--parallel", "4x"], { parallel: "number" }, []);
    expect(() => args.number("parallel")).to.throw('invalid argument "4x"');
  });

  it("names the verb, by its other names too", () => {
    expect(findVerb(["stack", "ls", "--json"])).to.include({ name: "stack ls" });
    expect(findVerb(["config", "--json"])).to.include({ name: "config" });
    expect(findVerb(["pre"])).to.include({ name: "preview" });
  });

  for (const words of [
    ["watch"],
    ["stack", "tag", "ls"],
    ["install"],
    ["import"],
    ["config", "refresh"],
    ["constructor"],
    [],
  ]) {
    it(`is refused by name: ${words.join(" ") || "nothing"}`, () => {
      expect(() => findVerb(words)).to.throw("the embedded engine does not support");
    });
  }
});

import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { expect } from "chai";

const repository = join(__dirname, "..", "..");

/** What a program prints in a process of its own, which has not loaded the SDK before. */
function printed(program: string): unknown {
  const args = ["--import", "tsx", "--eval", program];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: repository, encoding: "utf8" }));
}

const CLOSURES = `Object.keys(require.cache).some((file) => /[/]closure[/]createClosure[.]js$/.test(file))`;

describe("the SDK with what few programs use left out", () => {
  it("loads it when a program turns a function into text", function () {
    this.timeout(60_000);
    const found = printed(`
      require("./engine/leanSdk");
      const { runtime } = require("@pulumi/pulumi");
      const before = ${CLOSURES};
      const seven = 7;
      runtime.serializeFunction(() => seven).then(({ text }) =>
        console.log(JSON.stringify({ before, after: ${CLOSURES}, seven: /seven: 7|7/.test(text) })));
    `);
    expect(found).to.deep.equal({ before: false, after: true, seven: true });
  });
});

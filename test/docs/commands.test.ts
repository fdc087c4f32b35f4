import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { Command } from "commander";
import { buildProgram } from "../../cli/program";
import { repository } from "../support/edgewave";
import { recordedIo } from "../support/io";

/** Code spans and the lines of code blocks that call edgewave. */
function commandLines(text: string): string[] {
  const blocks = [...text.matchAll(/```\w*\n([\s\S]*?)```/g)].flatMap(([, body = ""]) =>
    // Blanks set off what a command does.
    body.split("\n").map((line) => line.trim().replace(/ {2,}.*$/, "")),
  );
  const spans = [...text.replace(/```[\s\S]*?```/g, "").matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
  return [...blocks, ...spans].flatMap((line) => {
    const [, rest] = /^(?:\$ )?(?:npx )?edgewave (.+)$/s.exec(line.replace(/\s+/g, " ").trim()) ?? [];
    // What follows a comment, a pipe or a redirection is not edgewave's.
    return rest === undefined ? [] : [rest.replace(/ [#|<>&].*$/, "")];
  });
}

/** What of a line the program does not have; undefined if it has all of it. */
function unknownPart(program: Command, line: string): string | undefined {
  const words = line.replace(/[[\]]/g, "").split(" ");
  let at = program;
  for (const word of words) {
    if (word.startsWith("-")) break;
    const names = word.split("|");
    const found = names.map((name) => at.commands.find((command) => command.name() === name));
    const next = found[0];
    if (at.commands.length > 0 && next === undefined) return word;
    if (found.includes(undefined)) break;
    if (next !== undefined) at = next;
  }
  const options = words.filter((word) => word.startsWith("-")).map((word) => word.replace(/=.*/, ""));
  // A group's own options are those of the command that it stands for.
  const known = [at, ...at.commands].flatMap((command) => command.options);
  return options.find((option) => !known.some(({ long, short }) => option === long || option === short));
}

describe("commands in the documentation", () => {
  const program = buildProgram([], recordedIo(repository), () => undefined);
  const pages = execFileSync("git", ["-C", repository, "ls-files", "README.md", "docs/*.md"], { encoding: "utf8" });

  for (const page of pages.trim().split("\n")) {
    const lines = commandLines(readFileSync(path.join(repository, page), "utf8"));
    if (lines.length === 0) continue;
    it(`of ${page} are those that edgewave has`, () => {
      const unknown = lines.flatMap((line) => {
        const part = unknownPart(program, line);
        return part === undefined ? [] : [`${part} in: edgewave ${line}`];
      });
      expect(unknown).to.deep.equal([]);
    });
  }

  it("are told from those that it has not", () => {
    expect(commandLines("`edgewave site fly NAME` and\n```sh\n$ npx edgewave plan --loud # never\n```")).to.deep.equal([
      "plan --loud",
      "site fly NAME",
    ]);
    expect(unknownPart(program, "plan --loud")).to.equal("--loud");
    expect(unknownPart(program, "site fly NAME")).to.equal("fly");
    expect(unknownPart(program, "rollout pause|resume|abort")).to.equal(undefined);
  });
});

import { expect } from "chai";
import { planToken } from "../../../gitops/hub/credentials";
import type { Token } from "../../../gitops/gitea/schemas";

const now = Date.parse("2026-11-28T12:00:00Z");
const at = (hours: number): string => new Date(now - hours * 3_600_000).toISOString();
const secret = (end: string): string => `${"a".repeat(32)}${end}`;

function aToken(id: number, end: string, more: Partial<Token> = {}): Token {
  return {
    id,
    name: `edgewave-read-${id}`,
    token_last_eight: end,
    scopes: ["read:repository"],
    created_at: at(48),
    last_used_at: at(1),
    ...more,
  };
}

const old = aToken(1, "11111111");
const current = aToken(2, "22222222", { created_at: at(24) });

describe("the plan of an account's tokens", () => {
  type Case = [title: string, kept: string | undefined, there: Token[], rotate: boolean, expected: [string, number[]]];
  const cases: Case[] = [
    ["makes one where there is none", undefined, [], false, ["there is none", []]],
    ["keeps one that is there", secret("22222222"), [current], false, ["", []]],
    [
      "makes one in place of one that was revoked",
      secret("33333333"),
      [current],
      false,
      ["the one that is kept was revoked", []],
    ],
    [
      "makes one when asked, and leaves the one that is in use",
      secret("22222222"),
      [current],
      true,
      ["it was asked for", []],
    ],
    ["retires the one before, once the new one is in use", secret("22222222"), [old, current], false, ["", [1]]],
    [
      "keeps the one before while the new one was never used",
      secret("22222222"),
      [old, { ...current, last_used_at: current.created_at }],
      false,
      ["", []],
    ],
    [
      "keeps the one before while a fetch by it can be under way",
      secret("22222222"),
      [old, { ...current, created_at: at(0.5), last_used_at: at(0.1) }],
      false,
      ["", []],
    ],
    [
      "makes one in place of one that may more than it should",
      secret("22222222"),
      [{ ...current, scopes: ["write:repository"] }],
      false,
      ["the one that is kept may write:repository", []],
    ],
    [
      "leaves what people made, and tokens for another use",
      secret("22222222"),
      [{ ...old, name: "laptop" }, { ...old, name: "edgewave-write-1" }, current],
      false,
      ["", []],
    ],
  ];
  for (const [title, kept, there, rotate, expected] of cases) {
    it(title, () => {
      const plan = planToken("read", kept, there, rotate, now);
      expect([plan.why, plan.retire.map(({ id }) => id)]).to.deep.equal(expected);
      expect(plan.make).to.equal(plan.why !== "");
    });
  }
});

import { expect } from "chai";
import { generateKeyPairSync } from "node:crypto";

import { readAllowedSigners } from "../../signing/allowedSigners";
import { generateSigningKey, readSigningKey } from "../../signing/key";
import { matchesPatternList } from "../../signing/patternList";
import { sshString } from "../../signing/wire";

const { publicKey } = readSigningKey(generateSigningKey(""), "key");
const [, base64 = ""] = publicKey.split(" ");

function rsaLine(bits: number): string {
  const { publicKey: rsa } = generateKeyPairSync("rsa", { modulusLength: bits });
  const { e = "", n = "" } = rsa.export({ format: "jwk" });
  const number = (text: string) => sshString(Buffer.concat([Buffer.from([0]), Buffer.from(text, "base64url")]));
  const exponent = sshString(Buffer.from(e, "base64url"));
  return `ssh-rsa ${Buffer.concat([sshString("ssh-rsa"), exponent, number(n)]).toString("base64")}`;
}

describe("allowed signers", () => {
  it("are read with their principals, options and lines, between comments and empty lines", () => {
    const { signers, faults } = readAllowedSigners(
      [
        "# who may approve",
        "",
        `ana@example.com,!*@evil ${publicKey} a comment`,
        `  "ops team,*@example.com" Namespaces="edgewave-*,git",valid-after="20260101Z",valid-before="202612312359Z" ${publicKey}\r`,
        `\tbob valid-after="20260102030405Z"\t${publicKey}`,
      ].join("\n"),
    );
    expect(faults).to.deep.equal([]);
    expect(signers.map(({ key, ...others }) => ({ ...others, type: key.type }))).to.deep.equal([
      {
        principals: "ana@example.com,!*@evil",
        namespaces: undefined,
        validAfter: undefined,
        validBefore: undefined,
        line: 3,
        type: "ssh-ed25519",
      },
      {
        principals: "ops team,*@example.com",
        namespaces: "edgewave-*,git",
        validAfter: Date.parse("2026-01-01T00:00:00Z"),
        validBefore: Date.parse("2026-12-31T23:59:00Z"),
        line: 4,
        type: "ssh-ed25519",
      },
      {
        principals: "bob",
        namespaces: undefined,
        validAfter: Date.parse("2026-01-02T03:04:05Z"),
        validBefore: undefined,
        line: 5,
        type: "ssh-ed25519",
      },
    ]);
  });

  it("take a time without a Z in the zone of the machine, as ssh-keygen does", () => {
    const before = process.env["TZ"];
    try {
      process.env["TZ"] = "Asia/Tokyo";
      const [signer] = readAllowedSigners(`bob valid-after="202601020900" ${publicKey}`).signers;
      expect(signer?.validAfter).to.equal(Date.parse("2026-01-02T00:00:00Z"));
    } finally {
      if (before === undefined) delete process.env["TZ"];
      else process.env["TZ"] = before;
    }
  });

  for (const [sentence, line, why] of [
    ["an authority", `bob cert-authority ${publicKey}`, /certificate authority/],
    ["an unknown option", `bob no-touch-required ${publicKey}`, /unknown option "no-touch-required"/],
    ["an option twice", `bob namespaces="a",namespaces="b" ${publicKey}`, /namespaces twice/],
    ["an option without quotes", `bob namespaces=git ${publicKey}`, /unknown option|without a value/],
    ["a day that there is not", `bob valid-after="20260230Z" ${publicKey}`, /has valid-after="20260230Z"; write/],
    ["an hour that there is not", `bob valid-after="202602012400Z" ${publicKey}`, /write it as/],
    ["a time that is none", `bob valid-before="tomorrow" ${publicKey}`, /write it as/],
    [
      "times that exclude each other",
      `bob valid-after="20270101Z",valid-before="20260101Z" ${publicKey}`,
      /at no time/,
    ],
    ["no key", "bob", /no key/],
    ["an open quote", `"bob ${publicKey}`, /quote/],
    ["an empty principal", `bob,,ana ${publicKey}`, /empty principal/],
    ["base64 that is none", "bob ssh-ed25519 ????", /not in base64/],
    ["a key cut short", `bob ssh-ed25519 ${base64.slice(0, 40)}`, /damaged/],
    ["a key called by another type", `bob ssh-rsa ${base64}`, /is of the type ssh-ed25519 and is called ssh-rsa/],
    ["a short RSA key", `bob ${rsaLine(1024)}`, /1024 bits/],
    [
      "a security key",
      `bob sk-ssh-ed25519@openssh.com ${sshString("sk-ssh-ed25519@openssh.com").toString("base64")}`,
      /security key/,
    ],
    ["a DSA key", `bob ssh-dss ${sshString("ssh-dss").toString("base64")}`, /of the type ssh-dss/],
    [
      "a certificate",
      `bob ssh-ed25519-cert-v01@openssh.com ${sshString("ssh-ed25519-cert-v01@openssh.com").toString("base64")}`,
      /certificate/,
    ],
  ] as const) {
    it(`are refused by line for ${sentence}, and the others are read`, () => {
      const { signers, faults } = readAllowedSigners(`# a\n${line}\nana ${publicKey}\n${line}\n`);
      expect(signers.map(({ principals }) => principals)).to.deep.equal(["ana"]);
      expect(faults.map((fault) => fault.line)).to.deep.equal([2, 4]);
      expect(faults[0]?.why).to.match(why);
    });
  }
});

describe("patterns", () => {
  for (const [word, list, expected] of [
    ["ana@example.com", "ana@example.com", true],
    ["ana@example.com", "*@example.com", true],
    ["ana@example.com", "a?a@*", true],
    ["ana@example.com", "*", true],
    ["ana@example.com", "bob,*@example.com,!ana@*", false],
    ["ana@example.com", "!ana@*,*", false],
    ["bob@example.com", "!ana@*,*", true],
    ["bob@example.com", "!ana@*", false],
    ["ana", "Ana", false],
    ["a.b", "a?b", true],
    ["axb", "a.b", false],
    ["aab", "a*ab", true],
    ["abc", "*b", false],
    ["", "*", true],
    ["", "?", false],
  ] as const) {
    it(`${list} ${expected ? "match" : "do not match"} ${JSON.stringify(word)}`, () =>
      expect(matchesPatternList(word, list)).to.equal(expected));
  }

  it("of many stars take no time", () => {
    expect(matchesPatternList("a".repeat(5000), `${"*a".repeat(200)}b`)).to.equal(false);
  });
});

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import { type Approval, approvalText, parseApproval } from "../../../rollout/approvals/approvalText";
import { planHash } from "../../../rollout/approvals/planHash";
import { type ApprovalCheck, signApproval, verifyApproval } from "../../../rollout/approvals/verifyApproval";
import { planWaves } from "../../../rollout/planWaves";
import { readAllowedSigners } from "../../../signing/allowedSigners";
import { generateSigningKey, readSigningKey } from "../../../signing/key";
import { signSsh } from "../../../signing/sshsig";
import { newFolder, removeFolders } from "../../gitops/folders";
import { aRollout, sites } from "../../support/fleet";
import { askSshKeygen, needsSshKeygen } from "../../support/sshKeygen";

const now = Date.parse("2026-11-25T12:00:00Z");
const approval: Approval = {
  fleet: "harbours",
  rollout: "autumn",
  run: "0b6d3f0e-6f0a-4a51-9d0e-1f5b3f0f8a11",
  release: "2026.11.0",
  wave: "rest",
  planHash: "ab".repeat(32),
  expires: now + 3_600_000,
};
const text = approvalText(approval);

const key = readSigningKey(generateSigningKey("ana"), "ana");
const other = readSigningKey(generateSigningKey("bob"), "bob");
const signers = (lines: string) => readAllowedSigners(lines).signers;

const verdict = (overrides: Partial<ApprovalCheck> = {}): string => {
  const result = verifyApproval({
    text,
    signature: signApproval(approval, key),
    allowedSigners: signers(`ana@example.com ${key.publicKey}`),
    now,
    ...overrides,
  });
  return result.accepted ? `accepted from ${result.principal}` : result.reason;
};

describe("the text of an approval", () => {
  it("is readable, and the same for the same approval", () => {
    expect(text).to.equal(
      [
        "edgewave approval v1",
        "fleet: harbours",
        "rollout: autumn",
        "run: 0b6d3f0e-6f0a-4a51-9d0e-1f5b3f0f8a11",
        "release: 2026.11.0",
        "wave: rest",
        `plan: ${"ab".repeat(32)}`,
        "expires: 2026-11-25T13:00:00Z",
        "",
      ].join("\n"),
    );
    expect(approvalText(Object.fromEntries(Object.entries(approval).reverse()) as unknown as Approval)).to.equal(text);
  });

  it("comes back as it was written, and is the only one that means so", () => {
    const word = fc.stringMatching(/^[!-~]{1,30}$/);
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 4e9 }), (rollout, wave, seconds) => {
        const one = { ...approval, rollout, wave, expires: seconds * 1000 };
        expect(parseApproval(approvalText(one))).to.deep.equal(one);
      }),
    );
    fc.assert(
      fc.property(fc.nat(text.length), fc.constantFrom("", " ", "\n", "\r", "x", "\u200b"), (at, put) => {
        const changed = text.slice(0, at) + put + text.slice(at + 1);
        const read = parseApproval(changed);
        if (read !== undefined) expect(approvalText(read)).to.equal(changed);
      }),
    );
  });

  it("holds no value that would say something else when it is read", () => {
    for (const wave of ["a\nwave: b", "", "a b", "a\r", "é", "x".repeat(257)]) {
      expect(() => approvalText({ ...approval, wave }), JSON.stringify(wave)).to.throw(RangeError);
    }
    for (const expires of [NaN, Infinity, -1000, now + 0.5, now + 1, Date.UTC(10_000, 0)]) {
      expect(() => approvalText({ ...approval, expires }), String(expires)).to.throw(RangeError);
    }
    expect(() => approvalText({ ...approval, planHash: "AB".repeat(32) })).to.throw(RangeError);
  });

  it("names the plan by a hash that any other plan does not have", () => {
    const [one, same, another] = [2, 2, 3].map((count) => planHash(planWaves(sites(count), aRollout())));
    expect(one)
      .to.match(/^[0-9a-f]{64}$/)
      .and.to.equal(same);
    expect(another).not.to.equal(one);
  });
});

describe("a signed approval", () => {
  after(removeFolders);

  it("is accepted from an allowed signer", () => {
    const result = verifyApproval({
      text,
      signature: signApproval(approval, key),
      allowedSigners: signers(`ana@example.com ${key.publicKey}`),
      now,
      expected: { wave: "rest", run: approval.run },
    });
    expect(result).to.deep.equal({
      accepted: true,
      approval,
      principal: "ana@example.com",
      keyFingerprint: key.fingerprint,
    });
  });

  for (const [sentence, overrides, expected] of [
    ["expired", { now: approval.expires }, "expired"],
    ["about to expire", { now: approval.expires - 1 }, "accepted from ana@example.com"],
    ["tampered with", { text: text.replace("rest", "best") }, "bad-signature"],
    ["with another line ending", { text: text.replaceAll("\n", "\r\n") }, "bad-signature"],
    ["signed for another purpose", { signature: signSsh(Buffer.from(text), key, "git") }, "wrong-namespace"],
    ["signed by somebody else", { signature: signApproval(approval, other) }, "unknown-key"],
    ["without a signature", { signature: "yes" }, "no-signature"],
    [
      "of something else that was signed",
      { text: "yes\n", signature: signSsh(Buffer.from("yes\n"), key, "edgewave-approval") },
      "no-approval",
    ],
    ["by a key that is revoked", { revoked: new Set([key.fingerprint]) }, "revoked-key"],
    ["for another wave", { expected: { wave: "canary" } }, "other-subject"],
    ["of another plan", { expected: { planHash: "cd".repeat(32) } }, "other-subject"],
    ["by nobody who is allowed", { allowedSigners: [] }, "unknown-key"],
    [
      "by a key that is not valid yet",
      { allowedSigners: signers(`ana valid-after="20261125120001Z" ${key.publicKey}`) },
      "key-not-valid-yet",
    ],
    [
      "by a key in its first second",
      { allowedSigners: signers(`ana valid-after="20261125120000Z" ${key.publicKey}`) },
      "accepted from ana",
    ],
    [
      "by a key that has run out",
      { allowedSigners: signers(`ana valid-before="20261125115959Z" ${key.publicKey}`) },
      "key-not-valid-any-more",
    ],
    [
      "by a key in its last second",
      { now: now + 999, allowedSigners: signers(`ana valid-before="20261125120000Z" ${key.publicKey}`) },
      "accepted from ana",
    ],
    ["by a key for commits", { allowedSigners: signers(`ana namespaces="git" ${key.publicKey}`) }, "not-for-approvals"],
    [
      "by a key for much",
      { allowedSigners: signers(`ana namespaces="git,edgewave-*" ${key.publicKey}`) },
      "accepted from ana",
    ],
    [
      "by a key that a later line allows",
      { allowedSigners: signers(`ana namespaces="git" ${key.publicKey}\nana2 ${key.publicKey}`) },
      "accepted from ana2",
    ],
    ["by who it is said to be by", { principal: "ana@example.com" }, "accepted from ana@example.com"],
    ["by another than it is said to be by", { principal: "bob@example.com" }, "other-principal"],
    [
      "by who is excluded",
      { principal: "bob@x", allowedSigners: signers(`*@x,!bob@* ${key.publicKey}`) },
      "other-principal",
    ],
  ] as [string, Partial<ApprovalCheck>, string][]) {
    it(`${sentence} is ${expected}`, () => expect(verdict(overrides)).to.equal(expected));
  }

  it("says what is wrong and what to do", () => {
    const result = verifyApproval({ text, signature: signApproval(approval, other), allowedSigners: [], now });
    expect(result.accepted ? "" : result.why).to.equal(
      `Nobody who may approve has the key ${other.fingerprint}. Have it signed by one of the allowed signers, or list the key.`,
    );
  });

  describe("beside the real ssh-keygen", () => {
    let folder: string;
    before(function () {
      needsSshKeygen(this);
      folder = newFolder();
    });

    const keyTypes: [string, ...string[]][] = [
      ["ed25519"],
      ["ecdsa", "-b", "256"],
      ["ecdsa", "-b", "384"],
      ["ecdsa", "-b", "521"],
      ["rsa", "-b", "2048"],
    ];
    for (const type of keyTypes) {
      it(`is accepted as ssh-keygen signed it with a key of the type ${type.join(" ")}, and not if it was changed`, () => {
        const name = type.join("").replaceAll("-", "");
        const [file, message] = [join(folder, name), join(folder, `${name}.txt`)];
        askSshKeygen("-q", "-N", "", "-f", file, "-t", ...type);
        writeFileSync(message, text);
        askSshKeygen("-Y", "sign", "-n", "edgewave-approval", "-f", file, message);
        const signature = readFileSync(`${message}.sig`, "utf8");
        const allowedSigners = signers(`ana ${readFileSync(`${file}.pub`, "utf8")}`);
        expect(verdict({ signature, allowedSigners })).to.equal("accepted from ana");
        expect(verdict({ signature, allowedSigners, text: `${text} ` })).to.equal("bad-signature");
        const [signer] = allowedSigners;
        expect(askSshKeygen("-l", "-f", `${file}.pub`)).to.contain(signer?.key.fingerprint);
      });
    }

    it("is accepted with the hash sha256 too", () => {
      const [file, message] = [join(folder, "short"), join(folder, "short.txt")];
      askSshKeygen("-q", "-N", "", "-f", file, "-t", "ed25519");
      writeFileSync(message, text);
      askSshKeygen("-Y", "sign", "-O", "hashalg=sha256", "-n", "edgewave-approval", "-f", file, message);
      const allowedSigners = signers(`ana ${readFileSync(`${file}.pub`, "utf8")}`);
      expect(verdict({ signature: readFileSync(`${message}.sig`, "utf8"), allowedSigners })).to.equal(
        "accepted from ana",
      );
    });

    it("is judged there as here, line by line of allowed signers", () => {
      const signature = join(folder, "approval.sig");
      writeFileSync(signature, signApproval(approval, key));
      const lines = [
        `ana@x ${key.publicKey}`,
        `*@x,!bob@x ${key.publicKey}`,
        `!ana@x,*@x ${key.publicKey}`,
        `bob@x ${key.publicKey}`,
        `ana@x ${other.publicKey}`,
        `"ana@x,eve smith" ${key.publicKey}`,
        `ana@x namespaces="git" ${key.publicKey}`,
        `ana@x namespaces="git,edgewave-approval" ${key.publicKey}`,
        `ana@x namespaces="*,!edgewave-approval" ${key.publicKey}`,
        `ana@x valid-after="20261125120001Z" ${key.publicKey}`,
        `ana@x valid-after="20261125120000Z" ${key.publicKey}`,
        `ana@x valid-before="20261125115959Z" ${key.publicKey}`,
        `ana@x valid-before="202611251200Z",NAMESPACES="edgewave-*" ${key.publicKey}`,
        `ana@x valid-before="20261125Z" ${key.publicKey}`,
        `ana@x unknown ${key.publicKey}`,
        `# ana@x ${key.publicKey}`,
      ];
      const accepted = lines.filter((line, index) => {
        const allowed = join(folder, `allowed-${index}`);
        writeFileSync(allowed, `${line}\n`);
        const there = isVerified(["-f", allowed, "-I", "ana@x", "-n", "edgewave-approval", "-s", signature]);
        const here = verdict({ principal: "ana@x", allowedSigners: signers(line) });
        expect(here === "accepted from ana@x", `${line}: ${here}`).to.equal(there);
        return there;
      });
      expect(accepted).to.have.length(6);
    });

    /** By the clock of the approval. */
    function isVerified(args: readonly string[]): boolean {
      try {
        const verify = ["-Y", "verify", "-O", "verify-time=20261125120000Z", ...args];
        execFileSync("ssh-keygen", verify, { input: text, stdio: ["pipe", "ignore", "ignore"] });
        return true;
      } catch {
        return false;
      }
    }
  });
});

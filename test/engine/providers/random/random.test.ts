import { expect } from "chai";
import fc from "fast-check";
import { withoutSecrets } from "../../../../engine/property/shape";
import { Secret, Unknown } from "../../../../engine/property/value";
import type { PropertyMap } from "../../../../engine/property/value";
import type { ConfiguredProvider } from "../../../../engine/providers/provider";
import { bcryptHash } from "../../../../engine/providers/random/bcrypt";
import { drawInteger, drawString, shuffled } from "../../../../engine/providers/random/draw";
import { randomProvider } from "../../../../engine/providers/random/provider";
import { uuid7 } from "../../../../engine/providers/random/uuid";
import { recordedResources, recordingContext } from "../recording";

const context = recordingContext();
const typeOf = (kind: string): string => `random:index/random${kind}:Random${kind}`;

describe("the random provider", () => {
  let provider: ConfiguredProvider;
  before(async () => {
    provider = await randomProvider().configure({}, context);
  });

  const create = async (kind: string, inputs: PropertyMap) => {
    const created = await provider.create(
      { urn: "u", type: typeOf(kind), name: "n", inputs, timeout: 0, preview: false },
      context,
    );
    return { id: created.id, outputs: created.outputs, clear: withoutSecrets(created.outputs) as PropertyMap };
  };
  const failures = async (kind: string, news: PropertyMap) => {
    const request = { urn: "u", type: typeOf(kind), name: "n", olds: {}, news, randomSeed: new Uint8Array(32) };
    return (await provider.check(request, context)).failures.map((failure) => failure.property);
  };
  const diff = async (kind: string, oldOutputs: PropertyMap, newInputs: PropertyMap) => {
    const request = { urn: "u", type: typeOf(kind), id: "i", oldInputs: {}, oldOutputs, newInputs, ignoreChanges: [] };
    const { changes, diffs, replaces } = await provider.diff(request, context);
    return { changes, diffs, replaces };
  };

  describe("strings", () => {
    const rules = fc.record({
      upper: fc.boolean(),
      lower: fc.boolean(),
      numeric: fc.boolean(),
      special: fc.constant(true),
      minUpper: fc.nat(5),
      minLower: fc.nat(5),
      minNumeric: fc.nat(5),
      minSpecial: fc.nat(5),
      overrideSpecial: fc.constantFrom("", "_-", "é"),
      more: fc.nat(20),
    });

    it("have the length and at least the characters of each class that are asked for", () => {
      fc.assert(
        fc.property(rules, ({ more, ...rest }) => {
          const length = rest.minUpper + rest.minLower + rest.minNumeric + rest.minSpecial + more;
          const drawn = [...drawString({ ...rest, length })];
          const count = (pattern: RegExp): number => drawn.filter((character) => pattern.test(character)).length;
          expect(drawn).to.have.length(length);
          expect(count(/[A-Z]/)).to.be.at.least(rest.minUpper);
          expect(count(/[a-z]/)).to.be.at.least(rest.minLower);
          expect(count(/[0-9]/)).to.be.at.least(rest.minNumeric);
          expect(count(/[^A-Za-z0-9]/)).to.be.at.least(rest.minSpecial);
          if (!rest.upper) expect(count(/[A-Z]/)).to.equal(rest.minUpper);
          if (!rest.lower) expect(count(/[a-z]/)).to.equal(rest.minLower);
          if (!rest.numeric) expect(count(/[0-9]/)).to.equal(rest.minNumeric);
          if (rest.overrideSpecial !== "") {
            const others = drawn.filter((character) => !/[A-Za-z0-9]/.test(character));
            expect(others.every((character) => rest.overrideSpecial.includes(character))).to.equal(true);
          }
        }),
      );
    });

    it("draw special characters from the official set only", async () => {
      const { id } = await create("String", { length: 400, upper: false, lower: false, numeric: false });
      expect(id).to.match(/^[!@#$%&*()\-_=+[\]{}<>:?]{400}$/);
    });

    it("take number and numeric for one setting", async () => {
      expect((await create("String", { length: 4, number: false })).clear).to.include({
        number: false,
        numeric: false,
      });
      expect((await create("String", { length: 4, numeric: false })).clear).to.include({
        number: false,
        numeric: false,
      });
      expect(await failures("String", { length: 4, number: false, numeric: true })).to.deep.equal(["number"]);
    });

    it("keep result and hash of a password secret, and the hash is the password's", async () => {
      const { id, outputs, clear } = await create("Password", { length: 12 });
      expect(id).to.equal("none");
      expect(outputs["result"]).to.be.instanceOf(Secret);
      expect(outputs["bcryptHash"]).to.be.instanceOf(Secret);
      expect(String(clear["bcryptHash"])).to.equal(
        await bcryptHash(String(clear["result"]), 10, saltOf(String(clear["bcryptHash"]))),
      );
    });
  });

  describe("bcrypt", () => {
    // From the paper's reference implementation, as OpenBSD's tests and jBCrypt hold them.
    for (const [password, hash] of [
      ["", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s."],
      ["a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"],
      ["abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"],
    ] as const) {
      it(`hashes ${JSON.stringify(password)} as others do`, async () => {
        expect(await bcryptHash(password, 6, saltOf(hash))).to.equal(hash);
      });
    }

    it("gives the hashes that the official provider recorded", async () => {
      const passwords = (await recordedResources("random", "2-up")).filter((one) => one.type === typeOf("Password"));
      expect(passwords).to.have.length(2);
      for (const { outputs } of passwords) {
        const { result, bcryptHash: hash } = withoutSecrets(outputs) as Record<string, string>;
        expect(await bcryptHash(result ?? "", 10, saltOf(hash ?? ""))).to.equal(hash);
      }
    });

    it("reads no more than 72 bytes of a password", async () => {
      const salt = new Uint8Array(16);
      const full = await bcryptHash("x".repeat(72), 4, salt);
      expect(await bcryptHash("x".repeat(80), 4, salt)).to.equal(full);
      expect(await bcryptHash("x".repeat(71), 4, salt)).not.to.equal(full);
    });
  });

  describe("the other resources", () => {
    it("give an id's bytes in four forms, each with the prefix, and the id without", async () => {
      const { id, clear } = await create("Id", { byteLength: 6, prefix: "edge-" });
      const bytes = Buffer.from(id, "base64url");
      expect(bytes).to.have.length(6);
      expect(clear).to.include({
        b64Url: `edge-${id}`,
        b64Std: `edge-${bytes.toString("base64")}`,
        hex: `edge-${bytes.toString("hex")}`,
        dec: `edge-${bytes.readUIntBE(0, 6)}`,
      });
    });

    it("give bytes as secrets, in base64 and hex", async () => {
      const { id, outputs, clear } = await create("Bytes", { length: 32 });
      expect(outputs["base64"]).to.deep.equal(new Secret(id));
      expect(clear["hex"]).to.equal(Buffer.from(id, "base64").toString("hex"));
      expect(outputs).not.to.have.property("id");
    });

    it("draw integers within their ends, both included", () => {
      fc.assert(
        fc.property(fc.integer(), fc.nat(3), (min, width) => {
          const drawn = Array.from({ length: 200 }, () => drawInteger(min, min + width));
          expect(new Set(drawn).size).to.equal(width + 1);
          expect(Math.min(...drawn)).to.equal(min);
          expect(Math.max(...drawn)).to.equal(min + width);
        }),
        { numRuns: 20 },
      );
    });

    it("shuffle without losing or doubling", () => {
      fc.assert(
        fc.property(fc.array(fc.string()), (items) => {
          expect(shuffled(items)).to.have.members(items).and.to.have.length(items.length);
        }),
      );
    });

    it("repeat a shuffle's items only when all have come", async () => {
      const { id, clear } = await create("Shuffle", { inputs: ["a", "b", "c"], resultCount: 7 });
      const results = clear["results"] as string[];
      expect(id).to.equal("-");
      expect(results).to.have.length(7);
      expect(results.slice(0, 3)).to.have.members(["a", "b", "c"]);
      expect(results.slice(3, 6)).to.have.members(["a", "b", "c"]);
    });

    it("write UUIDs: random ones without version, and versions 4 and 7", async () => {
      expect((await create("Uuid", {})).id).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect((await create("Uuid4", {})).id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
      expect((await create("Uuid7", {})).id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
      expect(uuid7(0x0123456789ab)).to.match(/^01234567-89ab-7/);
    });

    for (const [length, words] of [
      [1, 1],
      [2, 2],
      [4, 4],
    ] as const) {
      it(`name a pet with ${words} words after its prefix`, async () => {
        const { id } = await create("Pet", { length, prefix: "edge", separator: "." });
        expect(id).to.match(new RegExp(`^edge(\\.[a-z]+){${words}}$`));
      });
    }
  });

  describe("check", () => {
    for (const [kind, inputs, expected] of [
      ["Password", {}, ["length"]],
      ["Password", { length: 0 }, ["length"]],
      ["Password", { length: 3, minUpper: 2, minLower: 2 }, ["length"]],
      ["Password", { length: 8, minUpper: -1 }, ["minUpper"]],
      ["Password", { length: 8, upper: false, lower: false, special: false, numeric: false }, ["numeric"]],
      ["Password", { length: "eight", lenght: 8 }, ["lenght", "length"]],
      ["Integer", { min: 5, max: 1 }, ["max"]],
      ["Shuffle", { inputs: "a" }, ["inputs"]],
      ["Bytes", { length: 0 }, ["length"]],
      ["Password", { length: Unknown.value, keepers: Unknown.value }, []],
      ["Password", { length: new Secret("16"), keepers: { a: 1, b: null } }, []],
    ] as const) {
      it(`finds ${expected.join(", ") || "nothing"} in ${kind} ${Object.keys(inputs).join(", ")}`, async () => {
        expect(await failures(kind, inputs as unknown as PropertyMap)).to.deep.equal(expected);
      });
    }
  });

  describe("diff", () => {
    const olds = { length: 8, upper: true, lower: true, number: true, numeric: true, special: true };
    const zeros = { minLower: 0, minNumeric: 0, minSpecial: 0, minUpper: 0, result: "abcdefgh" };
    const stored = { ...olds, ...zeros, keepers: { a: "1" } };

    for (const [title, inputs, expected] of [
      ["a default spelled out", { length: 8, special: true, keepers: { a: "1" } }, []],
      ["a number for a text that is the same", { length: "8", keepers: { a: 1 } }, []],
      ["another keeper", { length: 8, keepers: { a: "2" } }, ["keepers"]],
      ["a keeper more", { length: 8, keepers: { a: "1", b: "1" } }, ["keepers"]],
      ["keepers gone", { length: 8 }, ["keepers"]],
      ["another length and class", { length: 9, upper: false, keepers: { a: "1" } }, ["length", "upper"]],
      ["a length that is not known", { length: Unknown.value, keepers: { a: "1" } }, ["length"]],
    ] as const) {
      it(`finds ${expected.join(" and ") || "nothing"} for ${title}`, async () => {
        expect(await diff("String", stored, inputs as unknown as PropertyMap)).to.deep.equal({
          changes: expected.length > 0 ? "some" : "none",
          diffs: expected,
          replaces: expected,
        });
      });
    }

    it("updates without replacing for empty keepers and an empty set of special characters", async () => {
      const { keepers: _, ...plain } = stored;
      expect(await diff("String", plain, { length: 8, keepers: {} })).to.deep.include({
        diffs: ["keepers"],
        replaces: [],
      });
      const changed = await diff("String", { ...plain, overrideSpecial: "" }, { length: 8 });
      expect(changed).to.deep.include({ diffs: ["overrideSpecial"], replaces: [] });
    });

    it("finds what the official provider recorded between two runs", async () => {
      const after = await recordedResources("random", "5-up-changed");
      const found: Record<string, unknown> = {};
      for (const old of await recordedResources("random", "2-up")) {
        const now = after.find((one) => one.urn === old.urn);
        if (now === undefined || old.type.startsWith("pulumi:")) continue;
        const request = {
          ...old,
          oldInputs: old.inputs,
          oldOutputs: old.outputs,
          newInputs: now.inputs,
          ignoreChanges: [],
        };
        const { diffs, replaces, detailedDiff } = await provider.diff(request, context);
        if (diffs.length > 0) found[old.name] = { diffs, replaces, detailedDiff };
      }
      expect(found).to.deep.equal({
        plain: { diffs: ["length"], replaces: ["length"], detailedDiff: undefined },
        string: { diffs: ["keepers"], replaces: ["keepers"], detailedDiff: undefined },
      });
    });
  });

  it("keeps the result when an update replaces nothing", async () => {
    const { outputs } = await create("String", { length: 8 });
    const request = {
      urn: "u",
      type: typeOf("String"),
      id: "i",
      oldInputs: {},
      oldOutputs: outputs,
      ignoreChanges: [],
    };
    const updated = await provider.update(
      { ...request, newInputs: { length: 8, keepers: {} }, timeout: 0, preview: false },
      context,
    );
    expect(updated.outputs).to.deep.include({ result: outputs["result"], keepers: {} });
  });

  it("keeps a secret keeper secret in the outputs", async () => {
    const { outputs } = await create("Uuid", { keepers: { token: new Secret("t0ken") } });
    expect(outputs["keepers"]).to.deep.equal(new Secret({ token: "t0ken" }));
  });

  it("imports a password by itself, and refuses what cannot be imported by name", async () => {
    const request = { urn: "u", name: "n", inputs: {}, outputs: {} };
    const read = await provider.read({ ...request, type: typeOf("Password"), id: "hunter22" }, context);
    expect(read.id).to.equal("none");
    expect(withoutSecrets(read.inputs)).to.include({ length: 8, upper: true, minLower: 0 });
    expect(withoutSecrets(read.outputs)).to.include({ result: "hunter22" });
    const shuffle = provider.read({ ...request, type: typeOf("Shuffle"), id: "-" }, context);
    expect(await shuffle.catch((error: Error) => error.message)).to.include("EDGE-PROVIDER-003");
  });

  it("refuses a type that it does not serve by name", async () => {
    const request = {
      urn: "u",
      type: "random:index/randomCat:RandomCat",
      name: "n",
      olds: {},
      news: {},
      randomSeed: new Uint8Array(),
    };
    expect(await provider.check(request, context).catch((error: Error) => error.message)).to.include(
      "EDGE-PROVIDER-001",
    );
  });
});

function saltOf(hash: string): Uint8Array {
  const alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const bits = [...hash.slice(7, 29)]
    .map((character) => alphabet.indexOf(character).toString(2).padStart(6, "0"))
    .join("");
  return Uint8Array.from({ length: 16 }, (_, at) => Number.parseInt(bits.slice(at * 8, at * 8 + 8), 2));
}

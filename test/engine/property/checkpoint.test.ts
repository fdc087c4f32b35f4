import { randomBytes } from "node:crypto";

import { expect } from "chai";
import * as fc from "fast-check";

import { mapFromCheckpoint, mapToCheckpoint } from "../../../engine/property/checkpoint";
import { hasSecret } from "../../../engine/property/shape";
import { Secret } from "../../../engine/property/value";
import { EncryptingCodec, maskingCodec } from "../../../engine/secrets/manager";
import { Crypter } from "../../../engine/secrets/passphrase";
import { anyMap } from "./values";

describe("the checkpoint form of values", () => {
  const codec = () => new EncryptingCodec(new Crypter(Buffer.alloc(32, 7)));

  it("gives back what it was given, and writes it the same again", () => {
    fc.assert(
      fc.property(anyMap, (map) => {
        const writing = codec();
        const json = mapToCheckpoint(map, writing);
        const reading = codec();
        const back = mapFromCheckpoint(JSON.parse(JSON.stringify(json)), reading);
        expect(mapToCheckpoint(back, reading)).to.deep.equal(json);
        expect(Object.keys(back)).to.have.members(Object.keys(map));
        expect(Object.values(back).some(hasSecret)).to.equal(Object.values(map).some(hasSecret));
      }),
    );
  });

  it("never holds a secret in clear", () => {
    fc.assert(
      fc.property(fc.integer(), (n) => {
        const hidden = `hidden-${n}-${randomBytes(4).toString("hex")}`;
        const map = { a: new Secret({ b: [hidden] }), c: [{ d: new Secret(hidden) }] };
        expect(JSON.stringify(mapToCheckpoint(map, codec()))).to.not.include(hidden);
        expect(JSON.stringify(mapToCheckpoint(map, maskingCodec))).to.not.include(hidden);
      }),
    );
  });

  it("reads a secret inside a secret, which the official engine does not encrypt once more", () => {
    const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    const own = codec();
    const inner = { host: "a", privateKey: { ...mark, ciphertext: '"key"' } };
    const outer = { connection: { ...mark, ...own.write(JSON.stringify(inner), new Secret(null)) } };
    expect(mapFromCheckpoint(outer, own)).to.deep.equal({
      connection: new Secret({ host: "a", privateKey: "key" }),
    });
  });

  it("sorts keys", () => {
    expect(JSON.stringify(mapToCheckpoint({ b: 1, a: { d: 1, c: 2 } }, codec()))).to.equal('{"a":{"c":2,"d":1},"b":1}');
  });
});

import { expect } from "chai";
import * as fc from "fast-check";

import { forProvider, hasSecret, hasUnknown } from "../../../engine/property/shape";
import { equalMaps } from "../../../engine/property/equal";
import { OUTPUT_SIGNATURE, SECRET_SIGNATURE, SIGNATURE_KEY } from "../../../engine/property/signature";
import type { PropertyMap } from "../../../engine/property/value";
import { OutputValue, ResourceReference, Secret, Unknown } from "../../../engine/property/value";
import { fromStruct, toStruct } from "../../../engine/property/wire";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { anyMap } from "./values";

const keep = { secrets: true, resources: true };

/** Unknowns are never equal to anything; here they are to be. */
function knownForm(map: PropertyMap): unknown {
  return JSON.parse(JSON.stringify(map, (_, value: unknown) => (value === Unknown.value ? "<unknown>" : value)));
}

describe("the wire form of values", () => {
  it("gives back what it was given", () => {
    fc.assert(
      fc.property(anyMap, (map) => {
        const back = fromStruct(Struct.deserializeBinary(toStruct(map, keep).serializeBinary()));
        expect(knownForm(back)).to.deep.equal(knownForm(map));
        expect(Object.values(map).some(hasUnknown) || equalMaps(back, map)).to.equal(true);
      }),
    );
  });

  it("holds no secret for a receiver that does not know them", () => {
    fc.assert(
      fc.property(anyMap, (map) => {
        const back = fromStruct(toStruct(map, { secrets: false, resources: true }));
        expect(Object.values(back).some(hasSecret)).to.equal(false);
      }),
    );
  });

  it("reads outputs with what is known of them", () => {
    const struct = Struct.fromJavaScript({
      known: { [SIGNATURE_KEY]: OUTPUT_SIGNATURE, value: 1, dependencies: ["urn:a"] },
      secret: { [SIGNATURE_KEY]: OUTPUT_SIGNATURE, value: "x", secret: true },
      later: { [SIGNATURE_KEY]: OUTPUT_SIGNATURE, secret: false },
    });
    const map = fromStruct(struct);
    expect(map["known"]).to.deep.equal(new OutputValue(1, true, false, ["urn:a"]));
    expect(forProvider(map["known"] ?? null)).to.equal(1);
    expect(forProvider(map["secret"] ?? null)).to.deep.equal(new Secret("x"));
    expect(forProvider(map["later"] ?? null)).to.equal(Unknown.value);
  });

  it("gives a provider the id of a referred resource, or its URN if it has none", () => {
    expect(forProvider(new ResourceReference("urn:a", "id-1", ""))).to.equal("id-1");
    expect(forProvider(new ResourceReference("urn:a", undefined, ""))).to.equal("urn:a");
    expect(forProvider(new ResourceReference("urn:a", Unknown.value, ""))).to.equal(Unknown.value);
  });

  it("does not nest secrets", () => {
    const inner = { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: "x" };
    const map = fromStruct(Struct.fromJavaScript({ a: { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: [inner] } }));
    expect(map["a"]).to.deep.equal(new Secret(["x"]));
  });

  it("refuses a signature that nobody knows", () => {
    expect(() => fromStruct(Struct.fromJavaScript({ a: { [SIGNATURE_KEY]: "0000" } }))).to.throw(
      "unrecognized signature",
    );
  });
});

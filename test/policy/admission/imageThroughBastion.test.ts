import { expect } from "chai";
import fc from "fast-check";
import { refusedBy } from "../../../policy/admission/evaluate";
import { imageThroughBastion } from "../../../policy/rules/imageThroughBastion";
import { aRelease, aSite } from "../../support/fleet";
import { check, deployment } from "../support";

const place = { site: aSite(), release: aRelease() };
const conditions = imageThroughBastion.admission?.conditionsAt(place) ?? [];

/** Whether the rule, and what admission is given of it, refuse a container's image. */
function verdicts(image: string): readonly [rule: boolean, admission: boolean] {
  const resource = deployment({ container: { image } });
  return [
    check(imageThroughBastion, [resource]).length > 0,
    conditions.some((condition) => refusedBy(condition, resource).length > 0),
  ];
}

describe("image-through-bastion at admission", () => {
  const cases: readonly (readonly [image: string, refused: boolean])[] = [
    ["nginx:1.27", false],
    ["bitnami/nginx:1.27", false],
    ["docker.io/library/nginx:1.27", false],
    ["bastion.porto.harbours.example:5000/ours/app:1", false],
    ["bastion.porto.harbours.example/ours/app:1", true],
    ["bastionXporto.harbours.example:5000/ours/app:1", true],
    ["ghcr.io:443/a/b:1", true],
    ["registry.example/ghcr.io/a/b:1", true],
    ["localhost/app:1", true],
    ["localhost:5000/app:1", true],
    ["localhost:1", false],
    ["localhosts/app:1", false],
  ];
  for (const [image, refused] of cases) {
    it(`${refused ? "refuses" : "lets in"} ${image}, as the rule does`, () => {
      expect(verdicts(image)).to.deep.equal([refused, refused]);
    });
  }

  it("has the rule's verdict of any image", () => {
    const part = fc.constantFrom(
      "a",
      "docker.io",
      "ghcr.io",
      "localhost",
      "bastion.porto.harbours.example",
      "x-y_z",
      "q",
    );
    const port = fc.constantFrom("", ":5000", ":443", ":1.0", ":latest");
    const end = fc.constantFrom("", ":1.0", `@sha256:${"a".repeat(64)}`);
    const image = fc
      .tuple(part, port, fc.array(part, { maxLength: 3 }), end)
      .map(([first, second, rest, last]) => [`${first}${second}`, ...rest].join("/") + last);
    fc.assert(
      fc.property(image, (reference) => {
        const [rule, admission] = verdicts(reference);
        expect(admission, reference).to.equal(rule);
      }),
    );
  });
});

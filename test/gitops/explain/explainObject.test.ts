import { expect } from "chai";
import { explainObject, explainValue, type ObjectSaid } from "../../../gitops/explain/explainObject";
import { aRelease, aSite } from "../../support/fleet";
import { someOverrides } from "../overrides/sample";

const short = (said: readonly ObjectSaid[] | undefined) =>
  said?.filter(({ says }) => says).map(({ layer, value }) => [layer, value]);

describe("explaining a Helm value", () => {
  const explain = (path: readonly string[], overrides = someOverrides, site = aSite()) =>
    explainValue(site, aRelease(), { overrides }, "loki", path);

  it("names each layer that says something, the strongest last", () => {
    expect(short(explain(["loki", "limits_config", "retention_period"]))).to.deep.equal([
      ["profile", "96h"],
      ["override for labels", "150h"],
      ["override for a site", "200h"],
    ]);
  });

  it("says which file and line that was", () => {
    const said = explain(["loki", "limits_config", "retention_period"]);
    expect(said?.at(-1)?.source).to.deep.equal({ file: "overrides/a-site.yaml", line: 7 });
    expect(said?.[1]?.source).to.equal("applications/base/profiles/micro/loki/values.yaml");
  });

  it("knows what the site's own outage makes of it", () => {
    const said = short(
      explain(["loki", "limits_config", "retention_period"], [], aSite({ link: { maxOutageHours: 500 } })),
    );
    expect(said).to.deep.equal([
      ["profile", "96h"],
      ["site", "500h"],
    ]);
  });

  it("takes a layer that repeats a value for one that says it", () => {
    expect(short(explain(["singleBinary", "replicas"]))).to.deep.equal([
      ["base", 1],
      ["override for a profile", 1],
    ]);
  });

  it("says nothing of a service that the site does not have", () => {
    expect(explainValue(aSite(), aRelease(), {}, "strimzi-kafka-operator", ["replicas"])).to.equal(undefined);
  });
});

describe("explaining a field of an object", () => {
  const explain = (kind: string, name: string, ...path: string[]) =>
    short(explainObject(aSite(), aRelease(), { overrides: someOverrides }, { kind, name }, path));

  const cases: readonly (readonly [string, ReturnType<typeof explain>, ReturnType<typeof explain>])[] = [
    [
      "a base value with the site's variable filled in",
      explain("HelmRelease", "loki", "spec", "interval"),
      [
        ["base", "30m"],
        ["override for a profile", "2h"],
      ],
    ],
    [
      "two overrides of one field",
      explain("HelmRelease", "loki", "spec", "timeout"),
      [
        ["base", "15m"],
        ["override for a profile", "25m"],
        ["override for labels", "20m"],
      ],
    ],
    [
      "a JSON patch",
      explain("Kustomization", "loki", "spec", "interval"),
      [
        ["site", "30m"],
        ["override for a site", "1h"],
      ],
    ],
    ["what an override adds", explain("ConfigMap", "site", "data", "extra"), [["override for a site", "yes"]]],
    [
      "an added object",
      explain("ConfigMap", "berths", "data", "count"),
      [
        ["site", "3"],
        ["override for a site", "4"],
      ],
    ],
    ["an object that is not there", explain("Deployment", "loki", "spec"), undefined],
  ];
  for (const [what, said, expected] of cases) {
    it(`tells ${what}`, () => expect(said).to.deep.equal(expected));
  }
});

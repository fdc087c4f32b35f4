import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { expect } from "chai";
import type { Override } from "../../../fleet/overrides";
import { overrideFindings } from "../../../gitops/overrides/findings";
import { sealSecret, type SecretObject } from "../../../gitops/sops/seal";
import { aFleet, aSite, sites } from "../../support/fleet";
import { anOverride, mergePatch, someOverrides } from "./sample";

const said = (overrides: readonly Override[], recipients = new Map<string, string>(), all = [aSite()]) =>
  overrideFindings(aFleet({ overrides, sites: all }), recipients).map(
    ({ code, file, line, message }) => `${file}:${line} ${code} ${message}`,
  );

describe("the findings of overrides", () => {
  it("are none where everything fits", () => expect(said(someOverrides)).to.deep.equal([]));

  it("say at which line a patch has no target, once for all sites that are alike", () => {
    const scope = { layer: "labels", matchLabels: { country: "pt" } } as const;
    const overrides = [anOverride({ name: "x", scope, patches: [mergePatch("HelmRelease", "lokki", {})] })];
    expect(said(overrides, new Map(), sites(5))).to.deep.equal([
      "overrides/x.yaml:7 EDGE-OVER-003 there is no HelmRelease/lokki (at site porto)",
    ]);
  });

  it("say which operation does not fit", () => {
    const change = { type: "json6902", operations: [{ op: "remove", path: "/spec/nothing" }] } as const;
    const patches = [
      { target: { kind: "HelmRelease", name: "loki" }, change, source: { file: "overrides/x.yaml", line: 9 } },
    ];
    expect(said([anOverride({ name: "x", patches })])).to.deep.equal([
      "overrides/x.yaml:9 EDGE-OVER-003 HelmRelease/loki: remove /spec/nothing: there is nothing at that path (at site porto)",
    ]);
  });

  it("refuse a patch that makes another object of its target", () => {
    const patches = [mergePatch("HelmRelease", "loki", { metadata: { name: "other" } })];
    expect(said([anOverride({ name: "x", patches })])[0]).to.include("cannot make another object of it");
  });

  it("refuse an object that the release has already", () => {
    const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: "loki" } };
    const source = { file: "overrides/x.yaml", line: 4 };
    expect(said([anOverride({ name: "x", objects: [{ object, source }] })])).to.deep.equal([
      "overrides/x.yaml:4 EDGE-OVER-004 Namespace/loki is part of the release (at site porto)",
    ]);
  });

  it("say which added object a site keeps itself, and of which site, and warn alone", () => {
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "berths", namespace: "default" } };
    const source = { file: "overrides/x.yaml", line: 4 };
    const scope = { layer: "labels", matchLabels: { country: "pt" } } as const;
    const overrides = [anOverride({ name: "x", scope, objects: [{ object, source }] })];
    const all = sites(3);
    const [, second] = all;
    const kept = new Map([
      [all[0]!.name, new Map([["v1/ConfigMap/default/cranes", "cranes.yaml"]])],
      [second!.name, new Map([["v1/ConfigMap/default/berths", "quay/berths.yaml"]])],
    ]);
    const findings = overrideFindings(aFleet({ overrides, sites: all }), new Map(), kept);
    expect(findings.map(({ code, line, severity, message }) => [code, line, severity, message])).to.deep.equal([
      [
        "EDGE-OVER-006",
        4,
        "warning",
        `ConfigMap/berths is in quay/berths.yaml of site/${second!.name} too (at site ${second!.name})`,
      ],
    ]);
  });

  it("refuse a Secret in clear, and one for another site, and take one for this site", async () => {
    const recipient = await identityToRecipient(await generateX25519Identity());
    const clear: SecretObject = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "smtp", namespace: "monitoring" },
      stringData: { password: "x" },
    };
    const source = { file: "overrides/x.yaml", line: 4 };
    const override = (object: object) => [
      anOverride({ name: "x", objects: [{ object: object as Override["objects"][number]["object"], source }] }),
    ];
    const known = new Map([["porto", recipient]]);
    expect(said(override(clear), known)).to.deep.equal([
      "overrides/x.yaml:4 EDGE-OVER-005 Secret/smtp is in clear (at site porto)",
    ]);
    const sealed = await sealSecret(clear, recipient, new Date());
    expect(said(override(sealed), known)).to.deep.equal([]);
    const other = new Map([["porto", await identityToRecipient(await generateX25519Identity())]]);
    expect(said(override(sealed), other)[0])
      .to.include("EDGE-OVER-005")
      .and.include("not encrypted for the site's recipient");
  });
});

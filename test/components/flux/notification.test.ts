import { createHash } from "node:crypto";
import { expect } from "chai";
import { fluxKinds } from "../../../components/flux/crds";
import { notificationObjects, receiverUrl } from "../../../components/flux/notification";

describe("what Flux says and hears on a site", () => {
  const { provider, alert, receiver } = notificationObjects();

  it("goes to the site's own Alertmanager, and only what is wrong", () => {
    expect(new URL(provider.spec.address).hostname).to.match(/\.monitoring\.svc\.cluster\.local$/);
    expect(alert.spec).to.deep.include({ providerRef: { name: provider.metadata.name }, eventSeverity: "error" });
    expect(alert.spec.eventSources.map(({ kind }) => kind)).to.include.members([
      "GitRepository",
      "Kustomization",
      "HelmRelease",
    ]);
  });

  it("is heard from the site's Gitea for both repositories", () => {
    expect(receiver.spec.resources).to.deep.equal([
      { kind: "GitRepository", name: "deploy" },
      { kind: "GitRepository", name: "site" },
    ]);
  });

  it("is heard at the path that the controller computes from token, name and namespace", () => {
    const digest = createHash("sha256")
      .update("token" + "gitea" + "flux-system")
      .digest("hex");
    expect(receiverUrl("token")).to.equal(`http://webhook-receiver.flux-system.svc.cluster.local/hook/${digest}`);
  });

  it("is of kinds and versions that the site has, with all that they need", () => {
    for (const { apiVersion, kind, spec } of [provider, alert, receiver]) {
      const known = fluxKinds.notification.find((one) => one.kind === kind);
      expect(apiVersion).to.equal(`${known?.group}/${known?.version}`);
      expect(spec).to.include.keys([...(known?.required ?? [])]);
    }
  });
});

import { expect } from "chai";
import { parse } from "yaml";
import { findInSite } from "../../../check/findInSite";
import { siteResources } from "../../../check/siteResources";
import type { Dex, ProfileName, ResolvedSite } from "../../../fleet/model";
import { cutForSite } from "../../../gitops/cut";
import { siteObjects } from "../../../gitops/overrides/siteObjects";
import { renderRelease } from "../../../gitops/render/release";
import { platformNamespaces } from "../../../gitops/render/platformNamespaces";
import { dex as service } from "../../../gitops/render/services/dex";
import { judge, stops } from "../../../policy/judging/judge";
import { kubernetesObject, titleOf } from "../../../policy/resource";
import { rules } from "../../../policy/rules";
import { profileOf } from "../../../profiles";
import { aFleet, aLocalIssuer, aLock, aRelease, aSite } from "../../support/fleet";
import { anOverride } from "../overrides/sample";

const domain = "porto.harbours.example";
const withPeople = (profile: ProfileName = "mini", dex: Partial<Dex> = {}): ResolvedSite =>
  aSite({ profile, identity: { hub: undefined, local: aLocalIssuer(domain, dex), mirrorPort: 8443 } });
const directory: Dex["ldap"] = {
  host: `ldap.${domain}:636`,
  authority: undefined,
  bindDn: "cn=reader,dc=harbours,dc=example",
  userBaseDn: "ou=people,dc=harbours,dc=example",
  usernameAttribute: "uid",
  emailAttribute: "mail",
  groupBaseDn: "ou=groups,dc=harbours,dc=example",
  memberAttribute: "member",
};

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** What Flux applies of the issuer. */
function objectsAt(site: ResolvedSite, additions: Parameters<typeof renderRelease>[2] = {}): readonly Rendered[] {
  return siteObjects(cutForSite(renderRelease(aRelease(), [site], additions), site.name), site.name)
    .filter(({ folder }) => folder.endsWith("/values/dex"))
    .map(({ object }) => object as unknown as Rendered);
}
const only = (objects: readonly Rendered[], kind: string): Rendered => objects.find((one) => one.kind === kind)!;
const configOf = (site: ResolvedSite) =>
  parse(only(objectsAt(site), "ConfigMap").data?.["config.yaml"] ?? "") as Record<string, unknown>;

describe("the issuer for people that Flux brings", () => {
  it("is there where a site asks for it and its profile has room, and nowhere else", () => {
    expect(objectsAt(aSite({ profile: "mini" }))).to.deep.equal([]);
    expect(objectsAt(withPeople("micro"))).to.deep.equal([]);
    for (const profile of ["mini", "standard", "ha-edge"] as const) {
      const objects = objectsAt(withPeople(profile));
      const replicas = profileOf(profile).workloads.dex?.replicas;
      expect(only(objects, "Deployment").spec?.["replicas"], profile).to.equal(replicas);
      expect(
        objects.some(({ kind }) => kind === "PodDisruptionBudget"),
        profile,
      ).to.equal(replicas !== 1);
      const names = new Set(service.names.map(({ kind, name }) => `${kind}/${name}`));
      for (const { kind, metadata } of objects) expect(names).to.include(`${kind}/${metadata.name}`);
    }
  });

  it("issues what API servers expect: its address, the audiences as clients, and no password but on its own page", () => {
    const config = configOf(withPeople());
    expect(config).to.deep.include({ issuer: `https://id.${domain}:30554/dex`, enablePasswordDB: true });
    expect(config["staticClients"]).to.deep.equal([{ id: "kubernetes", name: "kubernetes at porto", public: true }]);
    expect((config["oauth2"] as { grantTypes: string[] }).grantTypes).to.not.include("password");
    expect(config["expiry"]).to.include({ idTokens: "8h" });
  });

  it("has no hash and no password in what lies in clear: they come from the sealed Secret, each by its own key", () => {
    const site = withPeople("mini", {
      users: [
        { name: "anna", email: "anna@harbours.example", groups: [] },
        { name: "jan-2", email: "jan@harbours.example", groups: ["guests"] },
      ],
      ldap: directory,
    });
    const config = configOf(site);
    expect(config["staticPasswords"]).to.deep.equal([
      { email: "anna@harbours.example", username: "anna", userID: "anna", groups: [], hashFromEnv: "HASH_ANNA" },
      {
        email: "jan@harbours.example",
        username: "jan-2",
        userID: "jan-2",
        groups: ["guests"],
        hashFromEnv: "HASH_JAN_2",
      },
    ]);
    const [connector] = config["connectors"] as { config: Record<string, unknown> }[];
    expect(connector?.config).to.deep.include({
      host: `ldap.${domain}:636`,
      bindPW: "$LDAP_BIND_PASSWORD",
      rootCA: "/etc/dex/tls/ca.crt",
    });
    const deployment = only(objectsAt(site), "Deployment").spec as {
      template: { spec: { containers: { env: { name: string; valueFrom: object }[] }[] } };
    };
    expect(deployment.template.spec.containers[0]?.env).to.deep.equal(
      [
        ["HASH_ANNA", "anna"],
        ["HASH_JAN_2", "jan-2"],
        ["LDAP_BIND_PASSWORD", "ldap.bindPassword"],
      ].map(([name, key]) => ({ name, valueFrom: { secretKeyRef: { name: "dex-people", key } } })),
    );
  });

  it("takes a directory's own authority from the ConfigMap, and reaches it through the network policy", () => {
    const site = withPeople("mini", { users: [], ldap: { ...directory, host: "10.100.0.7:636", authority: "PEM" } });
    expect(only(objectsAt(site), "ConfigMap").data).to.include({ "ldap.pem": "PEM" });
    expect(configOf(site)).to.not.have.property("staticPasswords");
    const { egress } = only(objectsAt(site), "NetworkPolicy").spec as { egress: object[] };
    expect(egress.at(-1)).to.deep.equal({
      to: [{ ipBlock: { cidr: "10.100.0.7/32" } }],
      ports: [{ protocol: "TCP", port: 636 }],
    });
  });

  it("starts anew when its people or their sealed hashes change, and not otherwise", () => {
    const annotations = (site: ResolvedSite, value?: string) => {
      const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "dex-people", namespace: "dex" } };
      const sealed = { ...object, stringData: { anna: value ?? "" } };
      const source = { file: "overrides/people.yaml", line: 1 };
      const overrides =
        value === undefined ? [] : [anOverride({ name: "people", objects: [{ object: sealed, source }] })];
      return JSON.stringify(
        (only(objectsAt(site, { overrides }), "Deployment").spec as { template: { metadata: object } }).template
          .metadata,
      );
    };
    const usual = annotations(withPeople(), "ENC[1]");
    expect(annotations(withPeople(), "ENC[1]")).to.equal(usual);
    expect(annotations(withPeople(), "ENC[2]")).to.not.equal(usual);
    expect(annotations(withPeople("mini", { tokenHours: 4 }), "ENC[1]")).to.not.equal(usual);
  });

  it("has its sealed Secret beside it, decrypted by Flux before its pods start", () => {
    const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "dex-people", namespace: "dex" } };
    const source = { file: "overrides/people.yaml", line: 1 };
    const overrides = [anOverride({ name: "people", objects: [{ object, source }] })];
    const cut = cutForSite(renderRelease(aRelease(), [withPeople()], { overrides }), "porto");
    expect(cut.get("applications/overlays/porto/services/dex.yaml")).to.include("name: sops-age");
    expect(cut.get("applications/overlays/porto/values/dex/kustomization.yaml")).to.include("people-dex-people.yaml");
  });
});

describe("a site with an issuer for people", function () {
  this.timeout(240_000);
  const fleet = aFleet();

  it("has the issuer's namespace and certificate from its stack, which Flux does not have", async () => {
    const args = { site: withPeople(), release: aRelease(), fleet, signers: [], outputDirectory: "/nowhere" };
    const resources = await siteResources(args);
    const own = resources.filter((one) => kubernetesObject(one)?.name === "dex" && one.origin === "stack");
    expect(own.map(titleOf)).to.deep.equal(["Namespace dex"]);
    const request = resources.find(({ name }) => name === "issuer-certificate-request");
    expect(JSON.stringify(request?.props)).to.include(`"dnsNames":["id.${domain}"]`);
    expect(platformNamespaces).to.include("dex");
  });

  it("breaks no rule, whatever the profile that has room, with a directory too", async () => {
    for (const profile of ["mini", "standard", "ha-edge"] as const) {
      for (const ldap of [undefined, directory]) {
        const site = withPeople(profile, { ldap });
        const shared = {
          fleet,
          policy: undefined,
          releases: [aRelease({ lock: aLock() })],
          today: "2026-11-28",
          manifests: new Map<string, string>(),
          out: "/nowhere",
        };
        const { found, failure } = await findInSite(shared, { site, release: "2026.11.0" });
        expect(failure, profile).to.equal(undefined);
        const verdicts = judge(rules, found, { policy: undefined, today: "2026-11-28", siteNamed: () => site });
        const stopping = verdicts.filter(stops).map(({ violation }) => violation.message);
        expect(stopping.filter((message) => !message.includes("KafkaNodePool"))).to.deep.equal([]);
      }
    }
  });
});

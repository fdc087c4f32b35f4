import { expect } from "chai";
import { peopleSecretProblems } from "../../fleet/checks/identity";
import { assembleFleet } from "../../fleet/assemble";
import { builtInKnowledge } from "../../fleet/knowledge";
import type { Override } from "../../fleet/overrides";
import { profileNames } from "../components/samples";
import { profileOf, nodeBudget } from "../../profiles";
import { aFleet, aLocalIssuer, aRelease, aSite } from "../support/fleet";
import { anOverride } from "../gitops/overrides/sample";
import { fleetFiles } from "../support/fleetFiles";

const local = (text: string) => `
apiVersion: edgewave.dev/v1alpha1
kind: Fleet
metadata: { name: harbours }
spec:
  domain: harbours.example
  hub:
    gitUrl: https://git.hub.harbours.example
    registry: registry.hub.harbours.example:5000
    kafkaBootstrap: kafka.hub.harbours.example:9093
  defaults:
    identity:
      local: ${text}
`;

/** A fleet of one mini site, whose identity is the fleet's default. */
function read(text: string, release = aRelease()) {
  const files = fleetFiles(aFleet({ sites: [aSite({ profile: "mini" })], releases: [release] }));
  return assembleFleet(
    files.map((file) => (file.path === "fleet.yaml" ? { ...file, text: local(text) } : file)),
    builtInKnowledge,
  );
}
const said = (text: string, release = aRelease()) =>
  read(text, release).findings.map(({ code, message }) => `${code} ${message}`);

const ldap = "bindDn: cn=reader, userBaseDn: 'ou=people,dc=harbours,dc=example'";

describe("a site's own issuer for people", () => {
  it("has an address in the site's domain, and knows people by their addresses", () => {
    const { fleet, findings } = read("{ dex: { users: [{ name: anna, email: anna@harbours.example }] } }");
    expect(findings).to.deep.equal([]);
    const wanted = { ...aLocalIssuer("porto.harbours.example") };
    expect(fleet?.sites[0]?.identity).to.deep.equal({
      hub: undefined,
      local: {
        ...wanted,
        dex: { ...wanted.dex, users: [{ name: "anna", email: "anna@harbours.example", groups: [] }] },
      },
      mirrorPort: 8443,
    });
  });

  it("asks a directory that is on the site, by name or by address", () => {
    for (const host of ["ldap.{domain}:636", "10.100.0.7:636", "porto.harbours.example:3269"]) {
      expect(said(`{ dex: { ldap: { host: "${host}", ${ldap} } } }`), host).to.deep.equal([]);
    }
    const found = read(`{ dex: { ldap: { host: "ldap.{domain}:636", ${ldap} } } }`).fleet?.sites[0]?.identity?.local
      ?.dex;
    expect(found?.ldap).to.include({ host: "ldap.porto.harbours.example:636", usernameAttribute: "uid" });
  });

  const cases: readonly (readonly [what: string, text: string, said: RegExp])[] = [
    ["knows nobody", "{ dex: {} }", /^EDGE-ID-001 there are neither users nor a directory$/],
    [
      "has two people of one name",
      "{ dex: { users: [{ name: a, email: a@b.example }, { name: a, email: c@b.example }] } }",
      /^EDGE-ID-002 a is there twice$/,
    ],
    [
      "has two people of one address, however it is written",
      "{ dex: { users: [{ name: a, email: a@b.example }, { name: b, email: A@b.example }] } }",
      /^EDGE-ID-002 A@b.example is there twice$/,
    ],
    [
      "asks a directory at the hub",
      `{ dex: { ldap: { host: "ldap.hub.harbours.example:636", ${ldap} } } }`,
      /^EDGE-ID-003 ldap.hub.harbours.example:636 is neither in porto.harbours.example nor in 10.100.0.0\/24$/,
    ],
    [
      "asks a directory whose name only ends like the site's domain",
      `{ dex: { ldap: { host: "evilporto.harbours.example:636", ${ldap} } } }`,
      /^EDGE-ID-003 evilporto/,
    ],
    [
      "asks a directory in another network",
      `{ dex: { ldap: { host: "10.9.0.7:636", ${ldap} } } }`,
      /^EDGE-ID-003 10.9/,
    ],
    ["has an address of its own beside Dex", '{ url: "https://a.example/dex", dex: {} }', /must have a url, or dex/],
    ["has neither an address nor Dex", "{ usernameClaim: email }", /must have a url, or dex/],
    ["has a port that nodes do not give", "{ dex: { port: 5554, users: [] } }", /^EDGE-VALUE-\d+ .*30000/],
    [
      "has a name that the environment or a directory could take for more",
      `{ dex: { ldap: { host: "ldap.{domain}:636", bindDn: "cn=$HOME", userBaseDn: "ou=p" } } }`,
      /^EDGE-VALUE-003/,
    ],
  ];
  for (const [what, text, message] of cases) {
    it(`is a finding where it ${what}`, () => {
      expect(
        said(text).some((one) => message.test(one)),
        said(text).join("\n"),
      ).to.equal(true);
    });
  }

  it("is a finding where the release has no Dex, and on a profile that has no room for it", () => {
    const { dex: _, ...components } = aRelease().components;
    const without = { ...aRelease(), components };
    const text = "{ dex: { users: [{ name: anna, email: anna@harbours.example }] } }";
    expect(said(text, without)).to.deep.equal([
      "EDGE-REL-005 the release has no dex, which sites with an issuer of their own need (porto)",
    ]);
    const site = aSite({
      identity: { hub: undefined, local: aLocalIssuer("porto.harbours.example"), mirrorPort: 8443 },
    });
    const { dex, ...issuer } = aLocalIssuer("porto.harbours.example");
    const written = `{ dex: ${JSON.stringify({ ...dex, ldap: undefined })}, prefix: "${issuer.prefix}" }`;
    const files = fleetFiles(aFleet({ sites: [{ ...site, identity: undefined }] }));
    const { findings } = assembleFleet(
      files.map((file) => (file.path === "fleet.yaml" ? { ...file, text: local(written) } : file)),
      builtInKnowledge,
    );
    expect(findings.map(({ code, message }) => `${code} ${message}`)).to.deep.equal([
      "EDGE-ID-004 micro has no memory for an issuer for people",
    ]);
  });

  it("fits every other profile, and beside Grafana the largest alone: else it is a finding with the numbers", () => {
    const full: Readonly<Record<string, readonly string[]>> = {
      mini: ["the platform needs 7742 MiB and may take 7680 MiB"],
      standard: ["the platform needs 10274 MiB and may take 10240 MiB"],
      "ha-edge": [],
    };
    for (const profile of profileNames.filter((name) => name !== "micro")) {
      expect(nodeBudget(profileOf(profile), { dex: true }).problems, profile).to.deep.equal([]);
      const both = nodeBudget(profileOf(profile), { dex: true, grafana: true }).problems;
      expect(both, profile).to.deep.equal(full[profile]);
    }
  });
});

describe("the passwords of a site's people", () => {
  const site = aSite({
    profile: "mini",
    identity: { hub: undefined, local: aLocalIssuer("porto.harbours.example"), mirrorPort: 8443 },
  });
  const secret = (name: string, stringData: Readonly<Record<string, string>>): Override => {
    const object = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "dex" }, stringData };
    return anOverride({ name: "people", objects: [{ object, source: { file: "overrides/people.yaml", line: 1 } }] });
  };
  const missing = (overrides: readonly Override[], one = site) =>
    peopleSecretProblems({ sites: [one], overrides }).map(({ code, message }) => `${code} ${message}`);

  it("are looked for by the names of keys, which stay in clear", () => {
    expect(missing([])).to.deep.equal(["EDGE-ID-005 porto has no Secret dex/dex-people with anna"]);
    expect(missing([secret("dex-people", { bert: "ENC[...]" })])).to.have.lengthOf(1);
    expect(missing([secret("other", { anna: "ENC[...]" })])).to.have.lengthOf(1);
    expect(missing([secret("dex-people", { anna: "ENC[...]" })])).to.deep.equal([]);
    expect(missing([], aSite())).to.deep.equal([]);
  });
});

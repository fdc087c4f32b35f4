import { expect } from "chai";
import { assembleFleet } from "../../fleet/assemble";
import { checkApiVip } from "../../fleet/checks/addresses";
import { builtInKnowledge } from "../../fleet/knowledge";
import { aFleet, aSite } from "../support/fleet";
import { fleetFiles } from "../support/fleetFiles";
import { problems } from "./checks/context";

const key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQINBF\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n";
const fleetYaml = `apiVersion: edgewave.dev/v1alpha1
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
      hub: { url: "https://auth.hub.example/realms/edge" }
      local: { url: "https://dex.{domain}:5554/{site}", usernameClaim: email }
`;

/** The valid fleet with another fleet.yaml, and with text exchanged in its site's file. */
function read(fleet: string, from = "", to = "") {
  const files = fleetFiles(aFleet()).map((file) => {
    if (file.path === "fleet.yaml") return { ...file, text: fleet };
    return file.path.startsWith("sites/") ? { ...file, text: file.text.replace(from, to) } : file;
  });
  return assembleFleet(files, builtInKnowledge);
}

describe("how nodes and people are known", () => {
  it("is read as it is written", () => {
    const site = aSite({
      profile: "standard",
      network: { apiVip: undefined, apiLoadBalancer: "local" },
      bastion: { registryAuthentication: "certificate", packages: { by: "key", key } },
      identity: {
        hub: undefined,
        local: { url: "https://a.example", audiences: ["a"], usernameClaim: "b", groupsClaim: "c", prefix: "d:" },
        mirrorPort: 9443,
      },
    });
    const fleet = aFleet({ sites: [site] });
    const { findings, fleet: found } = assembleFleet(fleetFiles(fleet), builtInKnowledge);
    expect(findings).to.deep.equal([]);
    expect(found).to.deep.equal(fleet);
  });

  it("has defaults of the fleet, with the site's names in an issuer's address", () => {
    const { fleet, findings } = read(fleetYaml);
    expect(findings).to.deep.equal([]);
    const usual = { audiences: ["kubernetes"], usernameClaim: "sub", groupsClaim: "groups" };
    expect(fleet?.sites[0]?.identity).to.deep.equal({
      hub: { ...usual, url: "https://auth.hub.example/realms/edge", prefix: "hub:" },
      local: {
        ...usual,
        url: "https://dex.porto.harbours.example:5554/porto",
        usernameClaim: "email",
        prefix: "site:",
      },
      mirrorPort: 8443,
    });
  });

  for (const [what, from, to, code] of [
    ["an issuer that is not protected", "https://auth", "http://auth", "EDGE-VALUE-003"],
    ["an issuer with a template for Ansible", "realms/edge", "{{ x }}", "EDGE-VALUE-003"],
    ["an issuer with a placeholder of gates", "{domain}", "{apiVip}", "EDGE-VALUE-003"],
  ] as const) {
    it(`does not take ${what}`, () => {
      expect(read(fleetYaml.replace(from, to)).findings.map((finding) => finding.code)).to.include(code);
    });
  }

  for (const [what, packages] of [
    ["trust by a key without one", "packages: { trust: key }"],
    ["a key beside other trust", `packages: { trust: archive, key: ${JSON.stringify(key)} }`],
    ["a key that is none", "packages: { trust: key, key: secret }"],
  ] as const) {
    it(`does not take ${what}`, () => {
      const { findings } = read(fleetYaml, "packages:\n      trust: archive", packages);
      expect(findings).to.have.lengthOf(1);
      expect(findings[0]?.path).to.match(/^spec\.bastion\.packages/);
    });
  }
});

describe("several control planes with a local load balancer", () => {
  const local = { apiLoadBalancer: "local" } as const;
  const of = (apiVip: string | undefined) =>
    problems(checkApiVip, aFleet({ sites: [aSite({ profile: "standard", network: { ...local, apiVip } })] }));
  it("need no address that moves", () => expect(of(undefined)).to.deep.equal([]));
  it("are told if they have one", () => {
    expect(of("10.100.0.5")).to.deep.equal([
      "EDGE-NET-008 spec.network.apiVip: apiVip 10.100.0.5 with a local load balancer, which has no use for it",
    ]);
  });
});

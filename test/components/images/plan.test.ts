import { expect } from "chai";
import fc from "fast-check";
import { parse } from "smol-toml";
import { ComponentArgumentError } from "../../../components/argumentError";
import { mirrorsOf, nodePaths } from "../../../components/images/mirrors";
import { configurationDigest, hostsToml, imagePlan } from "../../../components/images/plan";
import { aLock, aRelease, aSite } from "../../support/fleet";
import { everySite } from "../samples";

const bastion = {
  host: "bastion.porto.harbours.example",
  registryPort: 5001,
  registryAuthentication: "none",
} as const;

describe("mirrors", () => {
  it("send a registry to a path of its own on the bastion, and to the bastion again if that fails", () => {
    const quay = mirrorsOf(bastion, ["quay.io"]).find(({ prefix }) => prefix === "quay.io");
    expect(quay).to.deep.equal({
      prefix: "quay.io",
      server: "https://bastion.porto.harbours.example:5001",
      mirrors: [
        {
          host: "https://bastion.porto.harbours.example:5001/v2/quay.io",
          capabilities: ["pull", "resolve"],
          skip_verify: false,
          override_path: true,
          ca: [nodePaths.authority],
        },
      ],
    });
  });

  it("never name a host other than the bastion, whatever registries there are, in any order", () => {
    const registries = fc.uniqueArray(fc.domain(), { maxLength: 8 });
    fc.assert(
      fc.property(registries, (names) => {
        const mirrors = mirrorsOf(bastion, names);
        const asked = mirrors.flatMap(({ server, mirrors: hosts }) => [server, ...hosts.map(({ host }) => host)]);
        for (const url of asked) expect(new URL(url).host).to.equal("bastion.porto.harbours.example:5001");
        expect(mirrorsOf(bastion, [...names, ...names].reverse())).to.deep.equal(mirrors);
        expect(mirrors).to.have.length(names.length + 1);
      }),
    );
  });

  it("name the variable of a password and never hold one, in the header that containerd 2 reads", () => {
    const [, mirror] = mirrorsOf({ ...bastion, registryAuthentication: "password" }, ["quay.io"]);
    expect(mirror?.mirrors[0]?.header).to.deep.equal({ Authorization: "{{ edgewave_registry_authorization }}" });
    expect(hostsToml(mirror!)).to.contain("edgewave_registry_authorization is a secret output of the stack");
    const { host } = parse(hostsToml(mirror!)) as { host: Record<string, { header: object }> };
    expect(Object.values(host)[0]?.header).to.deep.equal({ Authorization: ["{{ edgewave_registry_authorization }}"] });
  });

  it("name the client certificate and its key by their paths on the node", () => {
    const [, mirror] = mirrorsOf({ ...bastion, registryAuthentication: "certificate" }, ["quay.io"]);
    expect(mirror?.mirrors[0]?.client).to.deep.equal([
      ["/etc/containerd/edgewave/client.pem", "/etc/containerd/edgewave/client-key.pem"],
    ]);
  });

  it("have an entry for registries that no release names", () => {
    expect(mirrorsOf(bastion, [])).to.deep.equal([
      { prefix: "_default", server: "https://bastion.porto.harbours.example:5001", mirrors: [] },
    ]);
  });
});

describe("the image path's plan", () => {
  for (const { title, site } of everySite()) {
    it(`writes a hosts.toml for each registry that the release uses, for ${title}`, () => {
      const plan = imagePlan(site, aRelease());
      const prefixes = plan.mirrors.map(({ prefix }) => prefix);
      expect(prefixes).to.include.members(["docker.gitea.com", "docker.io", "ghcr.io", "quay.io", "registry.k8s.io"]);
      expect(plan.files.map(({ path }) => path)).to.deep.equal(
        prefixes.map((prefix) => `images/certs.d/${prefix}/hosts.toml`),
      );
    });
  }

  it("says in TOML what it says to Kubespray", () => {
    const [, mirror] = mirrorsOf(bastion, ["ghcr.io"]);
    expect(parse(hostsToml(mirror!))).to.deep.equal({
      server: "https://bastion.porto.harbours.example:5001",
      host: {
        "https://bastion.porto.harbours.example:5001/v2/ghcr.io": {
          capabilities: ["pull", "resolve"],
          skip_verify: false,
          override_path: true,
          ca: [nodePaths.authority],
        },
      },
    });
  });

  it("names the sandbox image by its tag, or by its digest once the release is locked", () => {
    expect(imagePlan(aSite(), aRelease()).pauseImage).to.equal("registry.k8s.io/pause:3.10.1");
    const lock = aLock();
    expect(imagePlan(aSite(), { ...aRelease(), lock }).pauseImage).to.equal(
      `registry.k8s.io/pause:3.10.1@${lock.digests["registry.k8s.io/pause"]?.index}`,
    );
  });

  it("has a digest that changes with the bastion, its port and the authority, and with nothing else", () => {
    const digest = (site: ReturnType<typeof aSite>, authority = "a") =>
      configurationDigest(imagePlan(site, aRelease()), authority);
    const before = digest(aSite());
    expect(before).to.match(/^sha256:[0-9a-f]{64}$/);
    expect(digest(aSite({ region: "elsewhere" }))).to.equal(before);
    expect(digest(aSite({ bastion: { registryPort: 5001 } }))).not.to.equal(before);
    expect(digest(aSite(), "b")).not.to.equal(before);
  });

  it("refuses a release with a version that the catalog does not have", () => {
    expect(() => imagePlan(aSite(), aRelease({ kubespray: "v0.0.1" }))).to.throw();
    expect(() => imagePlan(aSite(), aRelease())).not.to.throw(ComponentArgumentError);
  });
});

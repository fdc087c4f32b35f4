import { expect } from "chai";
import fc from "fast-check";
import {
  catalog,
  catalogComponent,
  catalogNames,
  catalogVersions,
  componentOf,
  componentsOf,
  imageReference,
  imagesOf,
  kubesprayPins,
  kubesprayTags,
  spellingsOf,
  upstreamRegistries,
} from "../../catalog";
import type { Architecture, Release } from "../../fleet/model";

const release: Release = {
  name: "2026.11.0",
  date: "2026-11-02",
  kubernetes: "1.35.4",
  kubespray: "v2.31.0",
  components: { flux: "2.9.4", gitea: "1.26.1", strimzi: "1.2.0" },
  lock: undefined,
  source: { file: "releases/2026.11.0.yaml", line: 1 },
};
const digest = (character: string) => `sha256:${character.repeat(64)}`;

describe("the catalog", () => {
  it("has each component's version once", () => {
    const keys = catalog.map((component) => `${component.name} ${component.version}`);
    expect(new Set(keys).size).to.equal(keys.length);
  });

  for (const component of catalog) {
    it(`names ${component.name} ${component.version} well`, () => {
      expect(component.name).to.match(/^[a-z][a-z0-9-]*$/);
      expect(component.source).to.match(/^https:\/\//);
      expect(component.licence).to.match(/^[A-Za-z0-9.-]+( AND [A-Za-z0-9.-]+)*$/);
      expect(component.architectures).to.have.members(["amd64", "arm64"]);
      for (const image of Object.values(component.images)) {
        // A host, then path segments; without it containerd would take the first segment for a host of its own choice.
        expect(image.repository).to.match(/^[a-z0-9.-]+\.[a-z]+(\/[a-z0-9._-]+)+$/);
        expect(image.tag)
          .to.match(/^v?\d[\w.-]*$/)
          .and.not.contain("latest");
      }
    });
  }

  it("hands only images that it has to operators, and sizes what every chart in use runs", () => {
    for (const { name, chart, images, unused } of catalog) {
      if (chart === undefined) continue;
      expect(Object.keys(images), name).to.include.members(Object.keys(chart.operatorImages ?? {}));
      if (unused === undefined) expect(chart.sizes, name).to.not.be.empty;
    }
  });

  it("lists the versions of a component oldest first", () => {
    expect(catalogVersions("flux")).to.deep.equal(["2.8.8", "2.9.4"]);
    expect(catalogVersions("fluks")).to.deep.equal([]);
  });

  it("answers undefined for a version that it does not have, and for names of Object's own properties", () => {
    expect(catalogComponent("flux", "1.0.0")).to.equal(undefined);
    expect(catalogComponent("constructor", "1.0.0")).to.equal(undefined);
  });

  it("has an older and a newer version of everything that a fleet upgrades", () => {
    for (const name of [
      "kubernetes",
      "kubespray",
      "flux",
      "gitea",
      "rabbitmq",
      "strimzi",
      "vector",
      "loki",
      "kyverno",
    ]) {
      expect(catalogVersions(name).length, name).to.be.at.least(2);
    }
  });

  it("has one tag for a repository among the newest versions, because a lock has one digest for it", () => {
    const tags = new Map<string, string>();
    for (const name of catalogNames) {
      const newest = catalogComponent(name, catalogVersions(name).at(-1) ?? "");
      for (const { repository, tag } of Object.values(newest?.images ?? {})) {
        expect(tags.get(repository) ?? tag, repository).to.equal(tag);
        tags.set(repository, tag);
      }
    }
  });

  it("has every version that a Kubespray tag pins", () => {
    for (const { tag, pinsByMinor } of kubesprayTags) {
      for (const minor of Object.keys(pinsByMinor)) {
        for (const [name, version] of Object.entries(kubesprayPins(tag, `${minor}.0`))) {
          expect(catalogComponent(name, version), `${tag} ${name} ${version}`).to.not.equal(undefined);
        }
      }
    }
  });
});

describe("componentOf", () => {
  it("takes the version that the release names", () => {
    expect(componentOf(release, "gitea").version).to.equal("1.26.1");
  });

  it("takes what Kubespray pins for the release's Kubernetes when the release does not name it", () => {
    expect(componentOf(release, "etcd").version).to.equal("3.6.10");
    expect(componentOf({ ...release, kubernetes: "1.34.3" }, "etcd").version).to.equal("3.5.29");
  });

  it("lets the release name another version than Kubespray's", () => {
    expect(componentOf({ ...release, components: { calico: "3.30.6" } }, "calico").version).to.equal("3.30.6");
  });

  it("says what is missing, and which versions there are", () => {
    expect(() => componentOf(release, "kyverno")).to.throw(/2026\.11\.0 has no component "kyverno".*3\.8\.2, 3\.9\.0/);
    expect(() => componentOf(release, "kyvern")).to.throw(/no component of that name/);
    expect(() => componentOf({ ...release, components: { flux: "9.9.9" } }, "flux")).to.throw(/flux 9\.9\.9.*2\.9\.4/);
  });
});

describe("spellingsOf", () => {
  for (const [repository, ...short] of [
    ["docker.io/grafana/loki", "grafana/loki"],
    ["docker.io/library/rabbitmq", "rabbitmq"],
    ["quay.io/calico/node"],
  ] as const) {
    it(`gives ${[repository, ...short].join(" and ")}`, () => {
      expect(spellingsOf(repository)).to.deep.equal([repository, ...short]);
    });
  }
});

describe("imageReference", () => {
  it("names the tag while the release is not locked", () => {
    expect(imageReference(release, "arm64", "gitea", "gitea")).to.equal("docker.gitea.com/gitea:1.26.1-rootless");
    expect(imageReference(release, "amd64", "strimzi", "kafka")).to.equal("quay.io/strimzi/kafka:1.2.0-kafka-4.3.1");
  });

  const locked = (tag: string, arm64: string | undefined): Release => ({
    ...release,
    lock: {
      release: release.name,
      digests: { "docker.gitea.com/gitea": { tag, index: digest("c"), amd64: digest("a"), ...(arm64 && { arm64 }) } },
      charts: undefined,
    },
  });

  it("names the tag, for people, and the digest of the index once the release is locked", () => {
    for (const architecture of ["amd64", "arm64"] as const) {
      expect(imageReference(locked("1.26.1-rootless", digest("b")), architecture, "gitea", "gitea")).to.equal(
        `docker.gitea.com/gitea:1.26.1-rootless@${digest("c")}`,
      );
    }
  });

  it("refuses a locked release without a digest for the architecture, or with one of another tag", () => {
    expect(() => imageReference(locked("1.26.1-rootless", undefined), "arm64", "gitea", "gitea")).to.throw(
      /no arm64 digest.*gitea:1\.26\.1-rootless/,
    );
    expect(() => imageReference(locked("1.25.4-rootless", digest("b")), "arm64", "gitea", "gitea")).to.throw(
      /no arm64 digest.*gitea:1\.26\.1-rootless/,
    );
  });

  it("says which images a component has when asked for another", () => {
    expect(() => imageReference(release, "amd64", "strimzi", "broker")).to.throw(/no image "broker".*operator, kafka/);
    expect(() => imageReference(release, "amd64", "strimzi", "toString")).to.throw(/no image "toString"/);
  });
});

describe("imagesOf", () => {
  it("has each image of a release once, with whose it is, in order", () => {
    const images = imagesOf({ ...release, components: { gitea: "1.26.1", strimzi: "1.2.0" } });
    const repositories = images.map(({ repository }) => repository);
    expect(repositories).to.deep.equal([...new Set(repositories)].sort());
    expect(images).to.deep.include({
      component: "gitea",
      repository: "docker.gitea.com/gitea",
      tag: "1.26.1-rootless",
    });
  });
});

describe("upstreamRegistries", () => {
  it("lists each host of a release once, in order", () => {
    expect(upstreamRegistries(release)).to.deep.equal([
      "docker.gitea.com",
      "docker.io",
      "ghcr.io",
      "quay.io",
      "registry.k8s.io",
    ]);
  });

  it("has the host of every image reference of any release", () => {
    const pick = fc.record(
      Object.fromEntries(catalogNames.map((name) => [name, fc.constantFrom(...catalogVersions(name))])),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(pick, fc.constantFrom<Architecture>("amd64", "arm64"), (components, architecture) => {
        const some = { ...release, components: components as Record<string, string> };
        const hosts = upstreamRegistries(some);
        for (const component of componentsOf(some)) {
          for (const image of Object.keys(component.images)) {
            const reference = imageReference(some, architecture, component.name, image);
            expect(hosts).to.include(reference.split("/")[0]);
          }
        }
      }),
    );
  });
});

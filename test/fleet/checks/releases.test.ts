import { expect } from "chai";
import { componentsOf, type CatalogComponent } from "../../../catalog";
import { checkArchitectures } from "../../../fleet/checks/architectures";
import { checkReleases } from "../../../fleet/checks/releases";
import { builtInKnowledge, type Knowledge } from "../../../fleet/knowledge";
import type { Release } from "../../../fleet/model";
import { aFleet, aRelease, aRollout, aSite, sites, type Overrides } from "../../support/fleet";
import { contextOf, problems } from "./context";

const ofRelease = (overrides: Overrides<Release>) =>
  problems(checkReleases, aFleet({ releases: [aRelease(overrides)] }));
const without = (name: string) => {
  const release = aRelease();
  const components = Object.fromEntries(Object.entries(release.components).filter(([key]) => key !== name));
  return { ...release, components };
};

describe("a release", () => {
  it("is fine with the newest and with the oldest versions", () => {
    expect(ofRelease({})).to.deep.equal([]);
    const older = { flux: "2.8.8", gitea: "1.25.4", rabbitmq: "4.2.9", vector: "0.56.0", strimzi: "1.1.0" };
    expect(ofRelease({ kubernetes: "1.34.3", kubespray: "v2.30.0", components: older })).to.deep.equal([]);
  });

  const cases: [string, Overrides<Release>, string][] = [
    [
      "names components of the catalog",
      { components: { gitaa: "1.26.1" } },
      'EDGE-REL-001 spec.components.gitaa: the catalog has no component "gitaa"',
    ],
    [
      "names components, not properties of objects",
      { components: { constructor: "1.0" } },
      'EDGE-REL-001 spec.components.constructor: the catalog has no component "constructor"',
    ],
    [
      "names Kubernetes in its own field",
      { components: { kubernetes: "1.35.4" } },
      "EDGE-REL-001 spec.components.kubernetes: kubernetes is not a component here",
    ],
    [
      "names no component that nothing uses any more",
      { components: { alloy: "1.11.1" } },
      "EDGE-REL-011 spec.components.alloy: nothing at a site uses alloy: Vector collects logs",
    ],
    [
      "names versions of the catalog",
      { components: { gitea: "1.99.0" } },
      'EDGE-REL-002 spec.components.gitea: the catalog has no gitea "1.99.0"',
    ],
    [
      "names a known Kubespray tag",
      { kubespray: "v9.9.9" },
      'EDGE-REL-003 spec.kubespray: Kubespray "v9.9.9" is not in the catalog',
    ],
    [
      "has a Kubernetes that is not too new for Kubespray",
      { kubernetes: "1.36.0" },
      "EDGE-REL-004 spec.kubernetes: Kubespray v2.31.0 installs Kubernetes 1.33.0 to 1.35.4, and the release wants 1.36.0",
    ],
    [
      "has a Kubernetes that is not too old for Kubespray",
      { kubernetes: "1.32.11" },
      "EDGE-REL-004 spec.kubernetes: Kubespray v2.31.0 installs Kubernetes 1.33.0 to 1.35.4, and the release wants 1.32.11",
    ],
    [
      "has a Kubernetes of the catalog",
      { kubernetes: "1.35.1" },
      'EDGE-REL-002 spec.kubernetes: the catalog has no kubernetes "1.35.1"',
    ],
    [
      "does not contradict what Kubespray pins",
      { components: { calico: "3.30.6" } },
      "EDGE-REL-007 spec.components.calico: Kubespray v2.31.0 installs calico 3.31.5, and the release names 3.30.6",
    ],
  ];
  for (const [title, overrides, expected] of cases) {
    it(title, () => expect(ofRelease(overrides)).to.deep.equal([expected]));
  }

  it("suggests the component that was meant, and lists the versions there are", () => {
    const found = checkReleases(
      contextOf(aFleet({ releases: [aRelease({ components: { gitaa: "1.26.1", flux: "3.0.0" } })] })),
    );
    expect(found.map((problem) => problem.hint)).to.include.members([
      "Did you mean gitea?",
      "The catalog has 2.8.8, 2.9.4.",
    ]);
  });

  for (const name of ["flux", "gitea", "rabbitmq", "vector"]) {
    it(`needs ${name} for every site`, () => {
      expect(problems(checkReleases, aFleet({ releases: [without(name)] }))).to.deep.equal([
        `EDGE-REL-005 spec.components: the release has no ${name}, which every site needs`,
      ]);
    });
  }

  it("needs Strimzi only where a site buffers in it", () => {
    const releases = [without("strimzi")];
    expect(problems(checkReleases, aFleet({ releases }))).to.deep.equal([]);
    expect(problems(checkReleases, aFleet({ releases, sites: [aSite({ profile: "mini" })] }))).to.deep.equal([
      "EDGE-REL-005 spec.components: the release has no strimzi, which sites with a strimzi buffer need (porto)",
    ]);
  });
});

describe("the architectures of a release", () => {
  const amd64Only: Knowledge = {
    ...builtInKnowledge,
    catalog: {
      ...builtInKnowledge.catalog,
      componentsOf: (release) =>
        componentsOf(release).map((component): CatalogComponent =>
          component.name === "vector" ? { ...component, architectures: ["amd64"] } : component,
        ),
    },
  };
  const mixed = sites(2, (index) => ({ architecture: index === 0 ? "amd64" : "arm64" }));

  it("are those of every site that a rollout takes to it", () => {
    const fleet = aFleet({ sites: mixed });
    expect(problems(checkArchitectures, fleet)).to.deep.equal([]);
    expect(problems(checkArchitectures, fleet, { knowledge: amd64Only })).to.deep.equal([
      "EDGE-SITE-005 spec.architecture: release 2026.11.0 has no arm64 for vector 0.57.0",
    ]);
  });

  it("do not matter to sites that no rollout takes to it", () => {
    const fleet = aFleet({ sites: mixed, rollouts: [aRollout({ selector: { names: ["porto"] } })] });
    expect(problems(checkArchitectures, fleet, { knowledge: amd64Only })).to.deep.equal([]);
  });
});

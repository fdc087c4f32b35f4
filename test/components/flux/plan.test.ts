import { expect } from "chai";
import { controllerSubjects, networkPolicies, reconcilerSubjects } from "../../../components/flux/access";
import { controllerPod, controllersOf, servicesOf, type ControllerName } from "../../../components/flux/controllers";
import { customResourceDefinition, type Schema } from "../../../components/flux/crdSchema";
import { fluxKinds } from "../../../components/flux/crds";
import { syncObjects } from "../../../components/flux/sync";
import { verificationOf } from "../../../components/flux/verification";
import { profileOf } from "../../../profiles";
import { aRelease, aSite } from "../../support/fleet";
import { bytesOf, containersOf, everySite, profileNames } from "../samples";

const urls = { deploy: "https://gitea/deploy/porto.git", site: "https://gitea/site/porto.git" };
const controllers = controllersOf(profileOf("micro").workloads);
const kinds = Object.values(fluxKinds).flat();

describe("Flux's kinds", () => {
  /** The schema at a path of properties. */
  const at = (kind: string, path: string): Schema | undefined => {
    const definition = customResourceDefinition(kinds.find((candidate) => candidate.kind === kind)!);
    let schema: Schema | undefined = definition.spec.versions[0]!.schema.openAPIV3Schema;
    for (const key of path.split(".")) schema = schema?.properties?.[key];
    return schema;
  };

  const defaults: readonly (readonly [string, string, unknown])[] = [
    ["GitRepository", "spec.timeout", "60s"],
    ["GitRepository", "spec.verify.mode", "HEAD"],
    ["GitRepository", "status", { observedGeneration: -1 }],
    ["HelmChart", "spec.version", "*"],
    ["HelmRelease", "spec.chart.spec.reconcileStrategy", "ChartVersion"],
    ["HelmRelease", "spec.uninstall.deletionPropagation", "background"],
    ["Kustomization", "spec.force", false],
    ["OCIRepository", "spec.verify.provider", "cosign"],
    ["Receiver", "spec.interval", "10m"],
  ];
  for (const [kind, path, value] of defaults) {
    it(`give ${path} of a ${kind} the default that the controllers rely on`, () => {
      expect(at(kind, path)?.default).to.deep.equal(value);
    });
  }

  it("keep fields that they do not name", () => {
    for (const kind of kinds) {
      expect(at(kind.kind, "spec")?.["x-kubernetes-preserve-unknown-fields"], kind.kind).to.equal(true);
    }
  });

  it("are those that the controllers watch, each once, named as Kubernetes wants it", () => {
    expect(kinds.map(({ kind }) => kind).sort()).to.deep.equal([
      "Alert",
      "Bucket",
      "ExternalArtifact",
      "GitRepository",
      "HelmChart",
      "HelmRelease",
      "HelmRepository",
      "Kustomization",
      "OCIRepository",
      "Provider",
      "Receiver",
    ]);
    for (const kind of kinds) {
      const { metadata, spec } = customResourceDefinition(kind);
      expect(metadata.name).to.equal(`${spec.names.plural}.${spec.group}`);
      expect(spec.versions.filter(({ storage }) => storage)).to.have.length(1);
    }
  });

  it("have a status where a controller writes one, and none where none does", () => {
    for (const kind of kinds) {
      const { subresources, schema } = customResourceDefinition(kind).spec.versions[0]!;
      const expected = kind.kind !== "Alert" && kind.kind !== "Provider";
      expect("status" in subresources, kind.kind).to.equal(expected);
      expect("status" in schema.openAPIV3Schema.properties!, kind.kind).to.equal(expected);
    }
  });
});

describe("Flux's controllers", () => {
  for (const { title, site } of everySite()) {
    it(`are sized by the profile, restricted and pinned for ${title}`, () => {
      const { workloads } = profileOf(site.profile);
      const all = controllersOf(workloads);
      expect(all.map(({ name }) => name)).to.deep.equal(["source", "kustomize", "helm", "notification"]);
      for (const controller of all) {
        const { spec } = controllerPod(site, aRelease(), controller, all);
        const [container] = containersOf(spec);
        const { requests, limits } = workloads[`flux-${controller.name}-controller`]!;
        expect(bytesOf(container!.resources.requests["memory"]!)).to.equal(requests.memoryMiB * 1024 ** 2);
        expect(bytesOf(container!.resources.limits["memory"]!)).to.equal(limits.memoryMiB * 1024 ** 2);
        expect(container!.image).to.match(
          new RegExp(`^ghcr\\.io/fluxcd/${controller.name}-controller:v\\d+\\.\\d+\\.\\d+$`),
        );
        expect(container!.securityContext).to.include({ readOnlyRootFilesystem: true, runAsNonRoot: true });
      }
    });
  }

  const pod = (name: ControllerName, all = controllers) =>
    controllerPod(
      aSite(),
      aRelease(),
      all.find((controller) => controller.name === name)!,
      all,
    ).spec;

  it("keep artifacts on a volume", () => {
    expect(pod("source").volumes[0]).to.deep.equal({
      name: "data",
      persistentVolumeClaim: { claimName: "source-controller-artifacts" },
    });
    expect(pod("kustomize").volumes.map(({ name }) => name)).to.deep.equal(["tmp"]);
  });

  it("send events only if the profile runs who takes them", () => {
    const args = (all = controllers) => pod("kustomize", all).containers[0]!.args.join(" ");
    expect(args()).to.contain("--events-addr=http://notification-controller.flux-system.svc.cluster.local./");
    expect(args(controllers.filter(({ name }) => name !== "notification"))).not.to.contain("--events-addr");
  });

  it("are left out with their services when the profile does not run them", () => {
    const { "flux-notification-controller": _, ...workloads } = profileOf("micro").workloads;
    const fewer = controllersOf(workloads);
    expect(fewer.map(({ name }) => name)).to.deep.equal(["source", "kustomize", "helm"]);
    expect(servicesOf(fewer).map(({ name }) => name)).to.deep.equal(["source-controller"]);
    expect(networkPolicies(aSite(), fewer).map(({ name }) => name)).to.deep.equal(["within-site", "allow-scraping"]);
  });

  it("get every right only where they apply what Git holds", () => {
    expect(reconcilerSubjects(controllers).map(({ name }) => name)).to.deep.equal([
      "kustomize-controller",
      "helm-controller",
    ]);
    expect(controllerSubjects(controllers)).to.have.length(4);
  });

  it("reach the site's own addresses and no others", () => {
    const [policy] = networkPolicies(aSite(), controllers);
    const { egress } = policy!.spec as { egress: { to: { ipBlock: { cidr: string } }[] }[] };
    expect(egress[0]!.to.map(({ ipBlock }) => ipBlock.cidr)).to.deep.equal([
      "10.100.0.0/24",
      "172.20.0.0/16",
      "172.21.0.0/16",
      "10.100.0.2/32",
      "169.254.25.10/32",
    ]);
  });
});

describe("what Flux follows", () => {
  for (const profile of profileNames) {
    it(`comes at the intervals of ${profile}`, () => {
      const { flux } = profileOf(profile);
      const objects = syncObjects(profileOf(profile), urls, true, true);
      expect(objects.deployRepository.spec.interval).to.equal(flux.sourceInterval);
      expect(objects.deployKustomization.spec.interval).to.equal(flux.kustomizationInterval);
    });
  }

  const objects = syncObjects(profileOf("micro"), urls, true, true);

  it("is the signed head of the branch deploy", () => {
    expect(objects.deployRepository.spec).to.deep.include({
      url: urls.deploy,
      ref: { branch: "deploy" },
      verify: { mode: "HEAD", secretRef: { name: "git-signers" } },
    });
  });

  it("is the head of the branch deploy as it is, where nobody signs", () => {
    expect(syncObjects(profileOf("micro"), urls, false, false).deployRepository.spec).not.to.have.property("verify");
  });

  it("is applied before what the site keeps itself, and pruned", () => {
    expect(objects.siteKustomization.spec).to.deep.include({ dependsOn: [{ name: "deploy" }], prune: true });
    expect(objects.deployKustomization.spec).not.to.have.property("dependsOn");
  });

  it("is decrypted where people keep secrets, and nowhere if the site has no key, without which Flux applies nothing", () => {
    expect(objects.siteKustomization.spec).to.deep.include({
      decryption: { provider: "sops", secretRef: { name: "sops-age" } },
    });
    expect(objects.deployKustomization.spec).not.to.have.property("decryption");
    const without = syncObjects(profileOf("micro"), urls, true, false);
    expect(without.siteKustomization.spec).not.to.have.property("decryption");
  });

  it("is the root of the repository, which is there before the first promotion too", () => {
    expect(objects.deployKustomization.spec.path).to.equal("./");
  });

  it("is waited for longer than the 20 minutes that the cut's own parts have", () => {
    const minutes = /^(\d+)m$/.exec(objects.deployKustomization.spec.timeout)?.[1];
    expect(Number(minutes)).to.be.greaterThan(20);
  });
});

describe("the keys that Flux trusts", () => {
  const one = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA one";
  const two = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5BBBB two";

  it("are each there once, in an order of their own", () => {
    const expected = verificationOf(aSite(), aRelease(), [one, two]);
    expect(verificationOf(aSite(), aRelease(), [two, one, two])).to.deep.equal(expected);
    expect(expected).to.deep.include({ required: true, data: { "edgewave.sshpub": `${one}\n${two}\n` } });
  });

  for (const [version, required] of [
    ["2.8.8", false],
    ["2.9.0", true],
    ["2.10.1", true],
    ["3.0.0", true],
  ] as const) {
    it(`are ${required ? "" : "not "}asked for by Flux ${version}`, () => {
      const release = aRelease({ components: { flux: version } });
      expect(verificationOf(aSite(), release, [one]).required).to.equal(required);
    });
  }
});

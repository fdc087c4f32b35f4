import path from "node:path";
import { expect } from "chai";
import { parseAllDocuments } from "yaml";
import { ComponentArgumentError } from "../../components/argumentError";
import { readFleet } from "../../fleet/read";
import { siteGitInput } from "../../cli/siteGit";
import { configureCommand } from "../../components/gitea/configuration";
import type { SiteAccess } from "../../stacks/args";
import { buildSite } from "../../stacks/buildSite";
import stackProgram from "../../stacks/index";
import { siteProgram } from "../../stacks/program";
import { isSecret, record, valueOf, type Recording, type Registered } from "../components/recording";
import { containersOf, everySite, type PodSpec } from "../components/samples";
import { aFleet, aLock, aRelease, aSite } from "../support/fleet";
import { repository } from "../support/edgewave";

const outputDirectory = "/srv/out/harbours/sites/porto";
const fleet = aFleet();
const signers = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA one", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5BBBB two"];
const build = (site: ReturnType<typeof aSite>) =>
  record(() => buildSite({ site, release: aRelease(), fleet, signers, outputDirectory }));

/** The pods of a recording with the name of what they belong to. */
function podsOf({ resources }: Recording<unknown>): readonly (readonly [string, PodSpec])[] {
  return resources.flatMap(({ name, inputs }) => {
    const spec = (inputs.spec?.jobTemplate?.spec ?? inputs.spec)?.template?.spec;
    return spec?.containers ? [[name, spec] as const] : [];
  });
}

const locked = { ...aRelease(), lock: aLock() };

describe("a site", function () {
  // Several whole sites are made in some tests.
  this.timeout(60_000);

  for (const { title, site } of everySite()) {
    describe(`of ${title}`, () => {
      let recording: Awaited<ReturnType<typeof build>>;
      before(async () => {
        recording = await build(site);
      });

      it("has requests, limits and a pinned image for every container", () => {
        const pods = podsOf(recording);
        expect(pods.length).to.be.at.least(7);
        for (const [name, spec] of pods) {
          for (const { image, resources } of containersOf(spec)) {
            expect(resources.requests, name).to.have.keys("cpu", "memory");
            expect(resources.limits, name).to.have.keys("cpu", "memory");
            expect(image, name)
              .to.match(/:[^:/]+$/)
              .and.not.match(/:latest$/);
          }
        }
      });

      it("gives a token only to the pods that talk to the API", () => {
        const withToken = podsOf(recording).filter(([, spec]) => spec.automountServiceAccountToken !== false);
        expect(withToken.map(([name]) => name).sort()).to.deep.equal([
          "flux-helm-controller",
          "flux-kustomize-controller",
          "flux-notification-controller",
          "flux-source-controller",
          "reporter-job",
        ]);
      });

      it("restricts every pod and limits the traffic of each namespace", () => {
        for (const [name, spec] of podsOf(recording)) {
          expect(spec.securityContext, name).to.include({ runAsNonRoot: true });
          for (const { securityContext } of containersOf(spec)) {
            expect(securityContext, name).to.deep.include({
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"] },
            });
          }
        }
        const spaces = (type: string) => recording.resources.filter((resource) => resource.type === type);
        const limited = spaces("kubernetes:networking.k8s.io/v1:NetworkPolicy").map(
          ({ inputs }) => inputs.metadata?.namespace,
        );
        for (const { inputs } of spaces("kubernetes:core/v1:Namespace"))
          expect(limited).to.include(inputs.metadata?.name);
      });

      it("has a namespace for everything that is in one", () => {
        const named = recording.resources.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
        const names = named.map(({ inputs }) => inputs.metadata?.name);
        const used = recording.resources.flatMap(({ inputs }) => inputs.metadata?.namespace ?? []);
        expect([...new Set(used)].filter((name) => !names.includes(name))).to.deep.equal([]);
      });

      it("has no two objects of one kind and name, and no two resources of one name", () => {
        const objects = recording.resources
          .filter(({ type, inputs }) => type.startsWith("kubernetes:") && inputs.metadata !== undefined)
          .map(({ type, inputs }) => `${type} ${inputs.metadata?.namespace}/${inputs.metadata?.name}`);
        expect(objects).to.deep.equal([...new Set(objects)]);
        const names = recording.resources.map(({ type, name }) => `${type} ${name}`);
        expect(names).to.deep.equal([...new Set(names)]);
      });

      it("writes below its own folder only", () => {
        for (const { type, inputs } of recording.resources) {
          if (type !== "command:local:Command") continue;
          expect(path.normalize(inputs.environment!.FILE).startsWith(`${outputDirectory}/`)).to.equal(true);
        }
      });
    });
  }

  it("keeps its secrets out of the manifests and in one secret output", async () => {
    const { result, resources } = await build(aSite());
    expect(resources.filter(({ type }) => type === "kubernetes:core/v1:Secret")).to.deep.equal([]);
    for (const output of [result.secretManifests, result.gitAdministratorPassword, result.registryTls]) {
      expect(await isSecret(output as never)).to.equal(true);
    }
    const documents = parseAllDocuments(await valueOf(result.secretManifests));
    expect(documents).to.have.length.above(8);
  });

  it("with a cluster needs its kubeconfig, and says where to put it, before anything is made", async () => {
    const { resources } = await record(() => {
      const site = aSite({ target: "cluster" });
      expect(() => buildSite({ site, release: aRelease(), fleet, signers, outputDirectory })).to.throw(
        ComponentArgumentError,
        "kubeconfigs/porto",
      );
    });
    expect(resources).to.deep.equal([]);
  });

  it("with a cluster is applied to it, Secrets too, and neither renders manifests nor makes an inventory", async () => {
    const site = aSite({ target: "cluster" });
    const kubeconfig = "kind: Config";
    const { result, resources } = await record(() =>
      buildSite({ site, release: locked, fleet, signers, outputDirectory, access: { kubeconfig } }),
    );
    const provider = resources.find(({ type }) => type === "pulumi:providers:kubernetes");
    expect(provider?.inputs).to.include({ clusterIdentifier: "porto", enableSecretMutable: "true" });
    expect(provider?.inputs).not.to.have.property("renderYamlToDirectory");
    const rendered = await build(aSite());
    const secrets = resources.filter(({ type }) => type === "kubernetes:core/v1:Secret");
    const documents = parseAllDocuments(await valueOf(rendered.result.secretManifests));
    expect(secrets).to.have.length(documents.length);
    expect(await valueOf(result.secretManifests)).to.equal("");
    expect(result).not.to.have.any.keys("inventoryDirectory", "apiAddress");
    const files = resources.flatMap(({ inputs }) => inputs.environment?.RELATIVE ?? []);
    expect(files.filter((file) => !file.startsWith("images/"))).to.deep.equal(["report/allowed_signers"]);
    const awaited = resources.filter(({ inputs }) => JSON.stringify(inputs.metadata ?? {}).includes("skipAwait"));
    expect(awaited.map(({ name }) => name)).to.deep.equal(["ingestion-forwarder"]);
  });

  it("with a cluster and Kafka brings Strimzi's kinds along, so that its objects can wait for the operator", async () => {
    const site = aSite({ target: "cluster", profile: "mini" });
    const access = { kubeconfig: "kind: Config" };
    const { resources } = await record(() =>
      buildSite({ site, release: locked, fleet, signers, outputDirectory, access }),
    );
    const kinds = (list: readonly Registered[], type: RegExp) => list.filter(({ type: own }) => type.test(own));
    const defined = kinds(resources, /:CustomResourceDefinition$/).map(
      ({ inputs }) => inputs.spec as { names: { kind: string } },
    );
    const used = kinds(resources, /^kubernetes:kafka\.strimzi\.io/).map(({ type }) => type.split(":").at(-1));
    expect(used).to.have.length(6);
    expect(defined.map(({ names }) => names.kind)).to.include.members(used);
    const rendered = await build(aSite({ profile: "mini" }));
    expect(kinds(rendered.resources, /:CustomResourceDefinition$/).map(({ name }) => name)).not.to.include(
      "ingestion-kafkas",
    );
  });

  it("with a cluster has its Gitea configured by edgewave itself once the hub has its tokens, and shows none of them", async () => {
    const site = aSite({ target: "cluster" });
    const args = { site, release: locked, fleet, signers, outputDirectory };
    const kubeconfig = "kind: Config";
    const hubLogin = { read: "site-porto:read-token", write: "site-porto:write-token" };
    const commandsOf = async (access: SiteAccess) => {
      const { resources } = await record(() => buildSite({ ...args, access }));
      return resources.filter(({ type }) => type === "command:local:Command");
    };
    const commands = await commandsOf({ kubeconfig, hubLogin });
    expect(commands).to.have.length((await commandsOf({ kubeconfig })).length + 1);
    const command = commands.find(({ name }) => name === "gitea-configuration-command");
    expect(command?.inputs.create).to.equal(configureCommand).and.to.equal(command?.inputs.update);
    // Wrapped, as secrets are.
    const { value } = command?.inputs.stdin as unknown as { readonly value: string };
    const given = siteGitInput.parse(JSON.parse(value));
    expect(given.git.hub.read).to.deep.equal({ username: "site-porto", token: "read-token" });
    expect(given).to.deep.include({ url: "https://gitea.gitea.svc.cluster.local", kubeconfig });
  });

  it("gives Flux the keys that it verifies releases by, and asks nobody else for them", async () => {
    const { result } = await build(aSite());
    const secrets = parseAllDocuments(await valueOf(result.secretManifests));
    const found = (Array.isArray(secrets) ? secrets : []).map((document) => document.toJS() as Secret);
    const held = found.find(({ metadata }) => metadata.name === "git-signers");
    expect(held?.metadata.namespace).to.equal("flux-system");
    expect(held?.stringData).to.deep.equal({ "edgewave.sshpub": `${signers.join("\n")}\n` });
    expect(await valueOf(result.suppliedSecrets)).not.to.include("flux-system/git-signers");
    expect(await valueOf(result.gitVerification)).to.match(/^on: /);
  });

  it("says that releases are not verified where no key is given", async () => {
    const { result, resources } = await record(() =>
      buildSite({ site: aSite(), release: aRelease(), fleet, signers: [], outputDirectory }),
    );
    expect(await valueOf(result.gitVerification)).to.match(/^off: no signing key/);
    expect(await valueOf(result.secretManifests)).not.to.include("git-signers");
    expect(JSON.stringify(resources)).not.to.match(/git-signers|sops-age/);
  });

  it("says that a release without a lock is not locked", async () => {
    expect((await build(aSite())).result.locked).to.equal(false);
  });
});

describe("the two ways to a site's stack", () => {
  it("make the same resources: pulumi up by the stack's configuration, and the driver's inline program", async function () {
    this.timeout(60_000);
    const folder = path.join(repository, "examples", "harbours");
    const reading = await readFleet(folder);
    const site = reading.fleet!.sites.find(({ name }) => name === "bergen")!;
    const release = reading.fleet!.releases[0]!;
    const out = "/srv/out/harbours";

    const ordinary = await record(() => stackProgram(), {
      stack: "bergen",
      config: {
        "edgewave:fleet": folder,
        "edgewave:out": out,
        "edgewave:release": release.name,
        "edgewave:signers": signers.join("\n"),
      },
    });
    const inline = siteProgram({
      site,
      release,
      fleet: reading.fleet!,
      signers,
      outputDirectory: `${out}/sites/bergen`,
    });
    const driven = await record(() => inline(), { stack: "bergen" });

    const inOrder = ({ resources }: Recording<unknown>): Registered[] =>
      [...resources].sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
    expect(inOrder(ordinary)).to.deep.equal(inOrder(driven));
    expect(ordinary.resources.length).to.be.above(50);
  });
});

interface Secret {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly stringData: Readonly<Record<string, string>>;
}

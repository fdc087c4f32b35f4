import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { parseAllDocuments } from "yaml";
import { ComponentArgumentError } from "../../components/argumentError";
import { validityFor } from "../../components/certificates/validity";
import { FluxBootstrap } from "../../components/flux/component";
import { LocalGitea } from "../../components/gitea/component";
import { ImageConfig } from "../../components/images/component";
import { IngestionBridge } from "../../components/ingestion/component";
import { KubesprayCluster } from "../../components/kubespray/component";
import { SiteReporter } from "../../components/reporter/component";
import { AppliedSecrets } from "../../components/secrets/appliedSecrets";
import { CollectedSecrets } from "../../components/secrets/secretStore";
import { inventoryPlan } from "../../components/kubespray/plan";
import type { ResolvedSite } from "../../fleet/model";
import { profileOf } from "../../profiles";
import { aFleet, aRelease, aSite } from "../support/fleet";
import { isSecret, ofType, record, valueOf } from "./recording";
import { everySite } from "./samples";

const outputDirectory = "/srv/out/harbours/sites/porto";
const { hub } = aFleet();
const release = aRelease();
const command = "command:local:Command";

/** What the components on the cluster need beside the site. */
function surroundings(site: ResolvedSite) {
  return {
    site,
    release,
    hub,
    profile: profileOf(site.profile),
    secrets: new CollectedSecrets(),
    // The provider is an argument like any other here; nothing is rendered.
    provider: undefined as never,
    authority: {
      certificate: pulumi.output("authority"),
      privateKey: pulumi.secret("authority key"),
      validity: validityFor(site.link.maxOutageHours),
    },
  };
}

const git = {
  deployUrl: "https://gitea/deploy/porto.git",
  siteUrl: "https://gitea/site/porto.git",
  username: "flux",
  password: pulumi.secret("reader password"),
  authority: "authority",
};

const reporterGit = { username: "operator", password: pulumi.secret("writer password"), authority: "authority" };

const signers = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA one"];

/** Each component as a function of the site. */
const components = {
  ImageConfig: (site: ResolvedSite, opts?: pulumi.ComponentResourceOptions) =>
    new ImageConfig("images", { site, release, outputDirectory }, opts),
  KubesprayCluster: (site: ResolvedSite, opts?: pulumi.ComponentResourceOptions) =>
    new KubesprayCluster(
      "kubespray",
      { site, release, profile: profileOf(site.profile), imageConfiguration: "sha256:0", outputDirectory },
      opts,
    ),
  LocalGitea: (site: ResolvedSite, opts?: pulumi.ComponentResourceOptions) =>
    new LocalGitea("gitea", surroundings(site), opts),
  FluxBootstrap: (site: ResolvedSite, opts?: pulumi.ComponentResourceOptions) =>
    new FluxBootstrap("flux", { ...surroundings(site), git, signers }, opts),
  IngestionBridge: (site: ResolvedSite, opts?: pulumi.ComponentResourceOptions) =>
    new IngestionBridge("ingestion", surroundings(site), opts),
  SiteReporter: (site: ResolvedSite, opts?: pulumi.ComponentResourceOptions) =>
    new SiteReporter("reporter", { ...surroundings(site), git: reporterGit, outputDirectory }, opts),
};

const areas = {
  ImageConfig: "images",
  KubesprayCluster: "kubespray",
  LocalGitea: "gitea",
  FluxBootstrap: "flux",
  IngestionBridge: "ingestion",
  SiteReporter: "reporter",
} as const;

for (const name of Object.keys(components) as (keyof typeof components)[]) {
  describe(name, () => {
    it("is the parent of everything that it makes", async () => {
      const { urns } = await record((opts) => components[name](aSite({ profile: "mini" }), opts));
      const own = `urn:pulumi:porto::edgewave::edgewave:${areas[name]}:${name}`;
      expect(urns[0]).to.equal(`${own}::${areas[name]}`);
      for (const urn of urns.slice(1)) expect(urn).to.match(new RegExp(`^${own}\\$`));
      expect(urns.length).to.be.above(5);
    });

    it("makes the same resources whatever the order of the site's nodes and topics is", async () => {
      const topics = ["a/+", "b/#"];
      const site = aSite({ profile: "standard", ingestion: { topics } });
      const turned = aSite({
        profile: "standard",
        nodes: [...site.nodes].reverse(),
        ingestion: { topics: [...topics].reverse() },
      });
      const first = await record((opts) => components[name](site, opts));
      const second = await record((opts) => components[name](turned, opts));
      expect([...second.urns].sort()).to.deep.equal([...first.urns].sort());
    });

    it("settles all of its outputs", async () => {
      const { result } = await record((opts) => components[name](aSite({ profile: "mini" }), opts));
      const outputs = Object.entries(result).filter(([key, value]) => key !== "urn" && pulumi.Output.isInstance(value));
      expect(outputs).not.to.deep.equal([]);
      for (const [key, output] of outputs) expect(await valueOf(output), key).not.to.equal(undefined);
    });
  });
}

describe("ImageConfig", () => {
  it("writes a file for each registry, and the authority's certificate, below the site's folder", async () => {
    const recording = await record((opts) => components.ImageConfig(aSite(), opts));
    const files = ofType(recording, command);
    expect(files.map(({ inputs }) => inputs.environment?.FILE)).to.include.members([
      `${outputDirectory}/images/certs.d/quay.io/hosts.toml`,
      `${outputDirectory}/images/certs.d/_default/hosts.toml`,
      `${outputDirectory}/images/site-ca.pem`,
    ]);
    const authority = files.find(({ name }) => name === "images/site-ca.pem");
    expect(authority?.inputs["stdin"]).to.equal("certificate images-authority");
  });

  it("makes an authority that outlives the registry's certificate", async () => {
    const recording = await record((opts) => components.ImageConfig(aSite(), opts));
    const [authority] = ofType(recording, "tls:index/selfSignedCert:SelfSignedCert");
    const [leaf] = ofType(recording, "tls:index/locallySignedCert:LocallySignedCert");
    expect(authority!.inputs).to.include({ isCaCertificate: true });
    expect(authority!.inputs["earlyRenewalHours"]).to.be.at.least(leaf!.inputs.validityPeriodHours ?? Infinity);
    for (const key of ofType(recording, "tls:index/privateKey:PrivateKey")) {
      expect(key.inputs).to.deep.equal({ algorithm: "ECDSA", ecdsaCurve: "P256" });
    }
  });

  it("keeps what it writes out of the engine's log", async () => {
    const recording = await record((opts) => components.ImageConfig(aSite(), opts));
    for (const { inputs } of ofType(recording, command)) expect(inputs["logging"]).to.equal("none");
  });

  it("writes no private key to disk", async () => {
    const recording = await record((opts) => components.ImageConfig(aSite(), opts));
    for (const { inputs } of ofType(recording, command)) expect(inputs["stdin"]).not.to.contain("private");
  });
});

describe("KubesprayCluster", () => {
  for (const { title, site } of everySite()) {
    it(`writes what its plan says for ${title}`, async () => {
      const recording = await record((opts) => components.KubesprayCluster(site, opts));
      const written = ofType(recording, command).map(({ inputs }) => ({
        path: inputs.environment?.RELATIVE,
        content: inputs["stdin"],
      }));
      expect(written).to.have.deep.members([...inventoryPlan(site, release, profileOf(site.profile))]);
    });
  }
});

describe("the components on the cluster", () => {
  for (const name of ["LocalGitea", "FluxBootstrap", "IngestionBridge"] as const) {
    it(`${name} registers no Kubernetes Secret, because it would be rendered in clear`, async () => {
      const recording = await record((opts) => components[name](aSite({ profile: "mini" }), opts));
      expect(ofType(recording, "kubernetes:core/v1:Secret")).to.deep.equal([]);
      expect(JSON.stringify(recording.resources.filter(({ type }) => type.startsWith("kubernetes:")))).not.to.match(
        /private |password [a-z]/,
      );
    });
  }

  it("keep every secret that their pods mount, but for those that others supply", async () => {
    const store = new CollectedSecrets();
    const site = aSite({ profile: "micro" });
    const { resources } = await record(async () => {
      const args = { ...surroundings(site), secrets: store };
      const gitea = new LocalGitea("gitea", args);
      const flux = new FluxBootstrap("flux", { ...args, git, signers });
      const ingestion = new IngestionBridge("ingestion", args);
      return [gitea, flux, ingestion];
    });
    const documents = parseAllDocuments(await valueOf(store.manifests()));
    const kept = (Array.isArray(documents) ? documents : []).map((document) => document.toJS().metadata.name);
    const pods = resources.flatMap(({ inputs }) => inputs.spec?.template?.spec ?? []);
    const mounted = pods.flatMap(({ volumes = [] }) =>
      volumes.flatMap((volume) => ("secret" in volume ? (volume.secret as { secretName: string }).secretName : [])),
    );
    expect(mounted).to.include.members(["gitea-tls", "rabbitmq-tls"]);
    expect(mounted.filter((name) => !kept.includes(name) && name !== "hub-kafka")).to.deep.equal([]);
    expect(kept).to.include.members(["gitea-reader", "bastion-ca", "git-signers", "gateway-client"]);
  });
});

describe("FluxBootstrap", () => {
  const verified = async (more: Partial<ConstructorParameters<typeof FluxBootstrap>[1]>) => {
    const recording = await record(
      (opts) => new FluxBootstrap("flux", { ...surroundings(aSite()), git, signers, ...more }, opts),
    );
    const repository = ofType(recording, "kubernetes:source.toolkit.fluxcd.io/v1:GitRepository").find(
      ({ inputs }) => inputs.metadata?.name === "deploy",
    );
    return {
      verify: (repository?.inputs.spec as { verify?: unknown }).verify,
      said: await valueOf(recording.result.verification),
    };
  };

  it("follows nothing but a signed head where it is given keys", async () => {
    expect(await verified({})).to.deep.equal({
      verify: { mode: "HEAD", secretRef: { name: "git-signers" } },
      said: "on: the head of deploy must be signed by the key given",
    });
  });

  it("verifies nothing, and says so, without a key or with a Flux that reads no SSH signatures", async () => {
    expect(await verified({ signers: [] })).to.deep.equal({ verify: undefined, said: "off: no signing key is given" });
    const old = await verified({ release: aRelease({ components: { flux: "2.8.8" } }) });
    expect(old.verify).to.equal(undefined);
    expect(old.said).to.match(/^off: Flux 2\.8\.8 cannot/);
  });

  it("refuses what is no public key before it makes anything, above all a private one", async () => {
    const { resources } = await record((opts) => {
      for (const wrong of [
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "ssh-ed25519",
        "ssh-ed25519 AAAA one\nssh-rsa BBBB",
      ]) {
        expect(() => new FluxBootstrap("flux", { ...surroundings(aSite()), git, signers: [wrong] }, opts)).to.throw(
          ComponentArgumentError,
          "EDGE-COMPONENT-020",
        );
      }
    });
    expect(resources).to.deep.equal([]);
  });
});

describe("IngestionBridge", () => {
  it("makes Strimzi's objects only where Kafka is the buffer", async () => {
    const kinds = async (site: ResolvedSite) => {
      const { resources } = await record((opts) => components.IngestionBridge(site, opts));
      return resources
        .filter(({ type }) => type.startsWith("kubernetes:kafka.strimzi.io/v1:"))
        .map(({ type }) => type.split(":")[2]);
    };
    expect(await kinds(aSite())).to.deep.equal([]);
    expect((await kinds(aSite({ profile: "mini" }))).sort()).to.deep.equal([
      "Kafka",
      "KafkaMirrorMaker2",
      "KafkaNodePool",
      "KafkaTopic",
      "KafkaUser",
      "KafkaUser",
    ]);
  });

  it("says how long its buffer lasts", async () => {
    const { result } = await record((opts) => components.IngestionBridge(aSite(), opts));
    expect(await valueOf(result.horizonHours)).to.be.at.least(72);
    expect(await valueOf(result.coversOutage)).to.equal(true);
    expect(await valueOf(result.suppliedSecrets)).to.deep.equal(["hub-kafka"]);
  });
});

describe("CollectedSecrets", () => {
  const secret = { namespace: "a", name: "b", type: "Opaque", data: { key: "value" } } as const;

  it("gives its secrets as a secret", async () => {
    await record(async () => {
      const store = new CollectedSecrets();
      store.keep(secret, {});
      expect(await isSecret(store.manifests())).to.equal(true);
      expect(await valueOf(store.manifests())).to.contain("key: value");
    });
  });

  it("refuses two secrets of one name", () => {
    const store = new CollectedSecrets();
    store.keep(secret, {});
    expect(() => store.keep(secret, {})).to.throw(ComponentArgumentError, "a/b");
  });
});

describe("AppliedSecrets", () => {
  const secret = { namespace: "a", name: "b", type: "Opaque", data: { key: "välue" } } as const;

  it("makes each secret an object of the cluster, and leaves nothing to apply", async () => {
    const recording = await record(async (opts) => {
      const store = new AppliedSecrets();
      expect(store.keep(secret, opts)).to.equal("b");
      expect(await isSecret(store.manifests())).to.equal(true);
      expect(await valueOf(store.manifests())).to.equal("");
    });
    const [{ name, inputs } = {} as never, ...others] = ofType(recording, "kubernetes:core/v1:Secret");
    expect(others).to.deep.equal([]);
    expect(name).to.equal("a-b");
    expect(inputs.metadata).to.include({ namespace: "a", name: "b" });
    expect(JSON.stringify(inputs["data"])).to.contain(Buffer.from("välue").toString("base64"));
    expect(JSON.stringify(inputs)).not.to.contain("välue");
  });

  it("refuses two secrets of one name", async () => {
    await record((opts) => {
      const store = new AppliedSecrets();
      store.keep(secret, opts);
      expect(() => store.keep(secret, opts)).to.throw(ComponentArgumentError, "EDGE-COMPONENT-005");
    });
  });
});

import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { ReleaseLock } from "../../../fleet/model";
import { createPreStager, type SiteRegistry } from "../../../probes";
import type { PreStageProof } from "../../../rollout/preStage";
import { TestAuthority } from "../../support/certificates";
import { aFleet, aRelease, aSite } from "../../support/fleet";
import { titled, whyMissing } from "../../support/program";
import { credentials, Registry } from "../../support/registry";
import { Bench, failureOf } from "../request";
import { serve } from "../servers";

const rabbitmq = "docker.io/library/rabbitmq";
const gitea = "docker.gitea.com/gitea";
const { name, domain, hub } = aFleet();
const absent = `sha256:${"a".repeat(64)}`;
const lockOf = (repository: string, amd64: string): ReleaseLock => ({
  release: "2026.11.0",
  digests: { [repository]: { tag: "1", index: amd64, amd64 } },
  charts: {},
});

describe("the proof that a release is there before its window", function () {
  this.timeout(30_000);
  const authority = new TestAuthority();
  let bench: Bench;
  let commit: string;
  let registry: SiteRegistry;
  before(() => {
    bench = new Bench();
    bench.file("ca.pem", authority.cert);
    bench.file("credentials", `${credentials}\n`);
    const inRoot = (file: string) => path.join(bench.root, file);
    registry = { caFile: inRoot("ca.pem"), credentialsFile: inRoot("credentials") };
    const repository = path.join(bench.root, "git", "deploy", "porto.git");
    mkdirSync(path.dirname(repository), { recursive: true });
    const git = (...args: string[]) =>
      execFileSync("git", ["--git-dir", repository, "-c", "user.name=t", "-c", "user.email=t@example", ...args], {
        encoding: "utf8",
      }).trim();
    execFileSync("git", ["init", "-q", "--bare", repository]);
    const tree = git("hash-object", "-t", "tree", "-w", "/dev/null");
    commit = git("commit-tree", tree, "-m", "release");
    git("update-ref", "refs/heads/release/2026.11.0", commit);
  });
  after(() => bench.remove());

  async function prove(
    options: {
      lock?: ReleaseLock;
      port?: number;
      commit?: string;
      site?: string;
      release?: string;
      target?: "render";
    } = {},
  ): Promise<PreStageProof> {
    const { lock, port = 1, site = "porto", target = "cluster" } = options;
    const stager = createPreStager({
      gitDirectory: path.join(bench.root, "git"),
      registryOf: () => Promise.resolve(registry),
    });
    const bastion = { host: "localhost", address: "127.0.0.1", registryPort: port };
    const request = {
      site: aSite({ name: site, target, bastion }),
      release: { ...aRelease({ name: options.release ?? "2026.11.0" }), lock },
      fleet: { name, domain, hub },
      commit: options.commit ?? commit,
    };
    return await stager.prove(request, AbortSignal.timeout(10_000));
  }

  describe("in the site's repository", () => {
    it("is the branch of the release at the expected commit", async () => {
      expect(await prove()).to.deep.equal({
        present: true,
        proof: `release/2026.11.0 at ${commit}; no images, because the release is not locked`,
      });
    });

    for (const [what, options, missing] of [
      ["the repository is not there", { site: "vigo" }, /^the repository deploy\/vigo$/],
      ["the branch is not there", { release: "2027.1.0" }, /^the branch release\/2027\.1\.0 of deploy\/porto$/],
      [
        "the branch is at another commit",
        { commit: "d".repeat(40) },
        /^the commit d{40} as release\/2026\.11\.0 of deploy\/porto, which is at [0-9a-f]{40}$/,
      ],
    ] as const) {
      it(`fails if ${what}`, async () => {
        const proof = await prove(options);
        expect(proof.present).to.equal(false);
        expect("missing" in proof && proof.missing).to.have.lengthOf(1);
        expect("missing" in proof && proof.missing[0]).to.match(missing);
      });
    }

    it("asks no registry of a site that is only rendered", async () => {
      expect(await prove({ target: "render", lock: lockOf(gitea, absent) })).to.deep.equal({
        present: true,
        proof: `release/2026.11.0 at ${commit}; no images, because the site is only rendered`,
      });
    });
  });

  const missing = whyMissing("docker-registry");
  describe(titled("in a real registry", missing), () => {
    let real: Registry;
    let pushed: string;
    before(async function () {
      if (missing !== undefined) return this.skip();
      real = await Registry.start(bench.root, authority);
      pushed = await real.push(rabbitmq, "amd64");
    });
    after(async () => await real?.stop());
    const locked = (digests: ReleaseLock["digests"], charts: ReleaseLock["charts"] = {}) =>
      prove({ lock: { release: "2026.11.0", digests, charts }, port: real.port });
    const image = (amd64: string, index = amd64) => ({ tag: "1", index, amd64, arm64: absent });

    it("is every image of the site's architecture by its digest", async () => {
      expect(await locked({ [rabbitmq]: image(pushed) })).to.deep.equal({
        present: true,
        proof: `release/2026.11.0 at ${commit}; 1 image and 0 charts by digest at localhost:${real.port}`,
      });
    });

    it("fails with the name of each image that is not there", async () => {
      expect(await locked({ [rabbitmq]: image(pushed), [gitea]: image(absent) })).to.deep.equal({
        present: false,
        missing: [`the image ${gitea}@${absent} at localhost:${real.port}`],
      });
    });

    it("is every chart by the digest that Flux pulls it by", async () => {
      const [digest, archive] = await real.pushChart("charts/loki", { name: "loki", version: "18.11.0" });
      const loki = { version: "18.11.0", source: "https://grafana-community.github.io/helm-charts", digest, archive };
      expect(await locked({ [rabbitmq]: image(pushed) }, { loki })).to.deep.equal({
        present: true,
        proof: `release/2026.11.0 at ${commit}; 1 image and 1 chart by digest at localhost:${real.port}`,
      });
      expect(await locked({}, { loki: { ...loki, digest: absent } })).to.deep.equal({
        present: false,
        missing: [`the chart charts/loki@${absent} at localhost:${real.port}`],
      });
    });

    it("fails with an image of which the index is not there", async () => {
      expect(await locked({ [rabbitmq]: image(pushed, absent) })).to.deep.equal({
        present: false,
        missing: [`the image ${rabbitmq}@${absent} at localhost:${real.port}`],
      });
    });

    it("fails with an image that only another repository has", async () => {
      const proof = await locked({ [gitea]: image(pushed) });
      expect(proof.present).to.equal(false);
    });

    it("is not to be had with wrong credentials, nor without, and says nothing of them", async () => {
      const { credentialsFile } = registry;
      const wrong = path.join(bench.root, bench.file("wrong", "mirror:other"));
      try {
        registry = { ...registry, credentialsFile: wrong };
        expect(await failureOf(locked({ [rabbitmq]: image(pushed) }))).to.equal(
          `localhost:${real.port} does not take the credentials in ${wrong} (401)`,
        );
        registry = { ...registry, credentialsFile: undefined };
        expect(await failureOf(locked({ [rabbitmq]: image(pushed) }))).to.equal(
          `localhost:${real.port} asks for credentials (401)`,
        );
      } finally {
        registry = { ...registry, credentialsFile };
      }
    });

    it("is not to be had from a registry that the site's authority does not vouch for", async () => {
      const { caFile } = registry;
      try {
        registry = { ...registry, caFile: path.join(bench.root, bench.file("other.pem", new TestAuthority().cert)) };
        expect(await failureOf(locked({ [rabbitmq]: image(pushed) }))).to.match(/cannot be asked: /);
      } finally {
        registry = { ...registry, caFile };
      }
    });
  });

  it("is not to be had from a server that answers yes to everything", async () => {
    const yes = await serve((_, response) => response.end(), authority.issue());
    try {
      const lock = lockOf(gitea, absent);
      expect(await failureOf(prove({ lock, port: yes.port }))).to.match(/with another digest$/);
    } finally {
      await yes.stop();
    }
  });

  it("is not to be had while the bastion does not answer", async () => {
    const gone = await serve(() => undefined);
    await gone.stop();
    const lock = lockOf(gitea, absent);
    expect(await failureOf(prove({ lock, port: gone.port }))).to.match(/ECONNREFUSED/);
  });
});

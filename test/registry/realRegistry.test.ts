import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { LockedImage } from "../../fleet/model";
import { parseCredentials, RegistryFailure, type CredentialStore } from "../../registry";
import { lockImages } from "../../registry/lockImages";
import { resolveImage } from "../../registry/resolve";
import { verifyImage } from "../../registry/verifyLock";
import { TestAuthority } from "../support/certificates";
import { titled, whyMissing } from "../support/program";
import { credentials, Registry } from "../support/registry";
import { aClient, failureOf } from "./clients";
import { TokenServer } from "./tokenServer";

const { signal } = new AbortController();
const node = "quay.io/calico/node";
const both = [{ architecture: "amd64" }, { architecture: "arm64", variant: "v8" }] as const;

/** Bytes of the test registry's images, which are their configuration alone. */
const sizeOf = (architecture: string, variant?: string): number =>
  JSON.stringify({ architecture, os: "linux", variant, rootfs: { type: "layers", diff_ids: [] } }).length;

/** Credentials for a host as `docker login` writes them. */
const login = (host: string, userAndPassword = credentials): CredentialStore =>
  parseCredentials(JSON.stringify({ auths: { [host]: { auth: Buffer.from(userAndPassword).toString("base64") } } }));

const missing = whyMissing("docker-registry");
describe(titled("images in a real registry", missing), function () {
  this.timeout(30_000);
  const authority = new TestAuthority();
  let folder: string;
  let registry: Registry;
  let host: string;
  const closing: (() => void)[] = [];
  before(async function () {
    if (missing !== undefined) return this.skip();
    folder = mkdtempSync(path.join(tmpdir(), "edgewave-registry-"));
    registry = await Registry.start(folder, authority);
    host = `localhost:${registry.port}`;
  });
  after(async () => {
    for (const close of closing) close();
    await registry?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const clientOf = (store = login(host), at = host) => {
    const { client, close } = aClient({ authorities: authority.cert, credentials: store, via: `https://${at}` });
    closing.push(close);
    return client;
  };

  it("are resolved to their index and the manifest of each architecture", async () => {
    const others = [
      { architecture: "arm", variant: "v7" },
      { architecture: "amd64", os: "windows" },
      { architecture: "unknown", os: "unknown" },
    ];
    const [index, , , , amd64, arm64] = await registry.pushIndex(node, "v3.31.5", [...others, ...both]);
    expect(await resolveImage(clientOf(), { repository: node, tag: "v3.31.5" }, signal)).to.deep.equal({
      tag: "v3.31.5",
      index,
      amd64,
      arm64,
      bytes: { amd64: sizeOf("amd64"), arm64: sizeOf("arm64", "v8") },
    });
  });

  it("are resolved by the configuration if they have one manifest only", async () => {
    const digest = await registry.push("docker.io/library/single", "arm64", "1");
    expect(await resolveImage(clientOf(), { repository: "docker.io/library/single", tag: "1" }, signal)).to.deep.equal({
      tag: "1",
      index: digest,
      arm64: digest,
      bytes: { arm64: sizeOf("arm64") },
    });
  });

  it("are found at a path of their own, where another registry stands for one upstream", async () => {
    const [index, amd64] = await registry.pushIndex("mirrors/hub/library/nginx", "1", [both[0]]);
    const address = { origin: `https://${host}`, path: "mirrors/hub" };
    const { client, close } = aClient({
      authorities: authority.cert,
      credentials: login(host),
      map: { byName: { "docker.io": address } },
    });
    closing.push(close);
    expect(await resolveImage(client, { repository: "docker.io/library/nginx", tag: "1" }, signal)).to.deep.equal({
      tag: "1",
      index,
      amd64,
      bytes: { amd64: sizeOf("amd64") },
    });
  });

  it("fail with all that is wrong at once, each by name", async () => {
    await registry.pushIndex("quay.io/a/amd64-only", "1", [both[0]]);
    await registry.pushIndex("quay.io/a/s390x-only", "1", [{ architecture: "s390x" }]);
    const images = [
      { repository: "quay.io/a/amd64-only", tag: "1" },
      { repository: "quay.io/a/s390x-only", tag: "1" },
      { repository: "quay.io/a/nowhere", tag: "1" },
      { repository: node, tag: "v0" },
      { repository: node, tag: "v3.31.5" },
    ];
    const results = await lockImages(clientOf(), images, {
      architectures: () => ["amd64", "arm64"],
      concurrency: 2,
      signal,
    });
    expect(
      results.map(({ result }) =>
        result instanceof RegistryFailure ? `${result.code} ${result.message}` : result.tag,
      ),
    ).to.deep.equal([
      "EDGE-LOCK-003 quay.io/a/amd64-only:1 has no arm64 manifest",
      "EDGE-LOCK-003 quay.io/a/s390x-only:1 is made for neither amd64 nor arm64 on Linux",
      `EDGE-LOCK-001 ${host} does not have quay.io/a/nowhere at /v2/quay.io/a/nowhere/manifests/1`,
      `EDGE-LOCK-001 ${host} does not have quay.io/calico/node at /v2/quay.io/calico/node/manifests/v0`,
      "v3.31.5",
    ]);
  });

  it("keep the digests of a lock that has no sizes yet, and get the sizes by these", async () => {
    const image = { repository: "quay.io/a/earlier", tag: "1" };
    await registry.pushIndex(image.repository, image.tag, both);
    const { bytes, ...earlier } = await resolveImage(clientOf(), image, signal);
    await registry.pushIndex(image.repository, image.tag, [{ ...both[0], salt: "moved since" }, both[1]]);
    const lock = async (known: LockedImage, client = clientOf()) =>
      (await lockImages(client, [image], { architectures: () => [], concurrency: 1, known: () => known, signal }))[0]
        ?.result;
    expect(await lock(earlier)).to.deep.equal({ ...earlier, bytes });
    const nobody = clientOf(parseCredentials("{}"));
    expect(await lock(earlier, nobody), "a registry that does not answer").to.deep.equal(earlier);
    const whole = { ...earlier, bytes };
    expect(await lock(whole, nobody)).to.equal(whole);
  });

  describe("asked for again", () => {
    const image = { repository: "quay.io/a/moving", tag: "1" };

    it("are as they were locked", async () => {
      await registry.pushIndex(image.repository, image.tag, both);
      const locked = await resolveImage(clientOf(), image, signal);
      expect(await verifyImage(clientOf(), image, locked, signal)).to.deep.equal([]);
    });

    it("are told apart when a tag has moved, and are still there by digest", async () => {
      const locked = await resolveImage(clientOf(), image, signal);
      const [index, , arm64] = await registry.pushIndex(image.repository, image.tag, [
        both[0],
        { ...both[1], salt: "another" },
      ]);
      const found = await verifyImage(clientOf(), image, locked, signal);
      expect(found.map(({ code, message }) => `${code} ${message}`)).to.deep.equal([
        `EDGE-LOCK-007 quay.io/a/moving:1 was index ${locked.index} and is ${index} now; ` +
          `arm64 ${locked.arm64} and is ${arm64} now`,
      ]);
    });

    it("are missed by digest when they are gone, whatever the tag names", async () => {
      const locked = await resolveImage(clientOf(), image, signal);
      await registry.pushIndex(image.repository, image.tag, [{ ...both[0], salt: "new" }, both[1]]);
      await registry.remove(image.repository, locked.index);
      const found = await verifyImage(clientOf(), image, locked, signal);
      expect(found.map(({ code }) => code)).to.deep.equal(["EDGE-LOCK-008", "EDGE-LOCK-007"]);
      expect(found[0]?.message).to.equal(
        `quay.io/a/moving:1 was locked as ${locked.index}, which the registry no longer has`,
      );
    });
  });

  describe("that wants a password", () => {
    const refused = (store: CredentialStore) =>
      failureOf(resolveImage(clientOf(store), { repository: node, tag: "v3.31.5" }, signal));

    it("is not to be had without one", async () => {
      const { code, message, hint } = await refused(parseCredentials("{}"));
      expect(code).to.equal("EDGE-LOCK-004");
      expect(message).to.equal(`${host} asks for credentials for quay.io/calico/node (401)`);
      expect(hint).to.equal(`Give credentials for ${host} with --auth-file.`);
    });

    it("is not to be had with a wrong one, of which nothing is told", async () => {
      const { message, hint } = await refused(login(host, "mirror:secret"));
      expect(message).to.equal(`${host} does not take the credentials for quay.io/calico/node (401)`);
      expect(`${message}${hint}`).not.to.contain("secret");
    });

    it("says that helpers of the file are not started", async () => {
      const { hint } = await refused(parseCredentials('{"credsStore": "desktop"}'));
      expect(hint).to.contain("not started");
    });
  });

  describe("that wants a token", () => {
    let tokens: TokenServer;
    let guarded: Registry;
    before(async () => {
      tokens = await TokenServer.start(authority, folder);
      guarded = await Registry.start(folder, authority, { auth: tokens.registryAuth });
    });
    after(async () => {
      await guarded?.stop();
      await tokens?.stop();
    });
    const ask = (store: CredentialStore) =>
      resolveImage(clientOf(store, `localhost:${guarded.port}`), { repository: node, tag: "v3.31.5" }, signal);

    it("is given one of the address that it names, once for a repository", async () => {
      expect(await ask(login(`localhost:${guarded.port}`))).to.include.keys("index", "amd64", "arm64");
      expect(tokens.scopes).to.deep.equal(["repository:quay.io/calico/node:pull"]);
    });

    it("is given one for an identity token too", async () => {
      const auths = { [`localhost:${guarded.port}`]: { identitytoken: tokens.identityToken } };
      expect(await ask(parseCredentials(JSON.stringify({ auths })))).to.include.keys("index");
    });

    it("is not to be had if no token is given", async () => {
      const { code, message } = await failureOf(ask(login(`localhost:${guarded.port}`, "mirror:wrong")));
      expect(code).to.equal("EDGE-LOCK-004");
      expect(message).to.match(/^localhost:\d+ gives no token for quay\.io\/calico\/node of localhost:\d+ \(401\)$/);
    });

    it("is not to be had with a token that allows something else", async () => {
      const { code } = await failureOf(ask(parseCredentials("{}")));
      expect(code).to.equal("EDGE-LOCK-004");
    });
  });

  it("are not to be had over a connection that nobody vouches for", async () => {
    const { client, close } = aClient({ credentials: login(host), via: `https://${host}` });
    closing.push(close);
    const { code, hint } = await failureOf(resolveImage(client, { repository: node, tag: "v3.31.5" }, signal));
    expect(code).to.equal("EDGE-LOCK-005");
    expect(hint).to.contain("--ca-file");
  });
});

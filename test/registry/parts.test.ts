import { expect } from "chai";
import fc from "fast-check";
import { parseChallenge } from "../../registry/challenge";
import { parseCredentials } from "../../registry/credentials";
import { endpointOf, isPrivate, parseAddress } from "../../registry/endpoint";
import { parseManifest } from "../../registry/manifest";
import { difference } from "../../registry/verifyLock";

describe("the address of a registry", () => {
  const good: [string, string, string][] = [
    ["registry.example", "https://registry.example", ""],
    ["registry.example:5000/mirrors/hub/", "https://registry.example:5000", "mirrors/hub"],
    ["http://127.0.0.1:5000", "http://127.0.0.1:5000", ""],
  ];
  for (const [text, origin, path] of good) {
    it(`is read from ${text}`, () => expect(parseAddress(text)).to.deep.equal({ origin, path }));
  }
  for (const text of ["", "user:secret@host", "host/../x", "host?x", "ftp://host", "host:99999", "host/UPPER", "//h"]) {
    it(`is not ${JSON.stringify(text)}`, () => expect(parseAddress(text)).to.equal(undefined));
  }

  const via = parseAddress("hub.example:5000");
  const byName = { "docker.io": { origin: "https://mirror.example", path: "hub" } };
  const cases: [string, Parameters<typeof endpointOf>[1], string, string][] = [
    ["quay.io", { byName: {} }, "https://quay.io", ""],
    ["docker.io", { byName: {} }, "https://registry-1.docker.io", ""],
    ["quay.io", { byName, via }, "https://hub.example:5000", "quay.io/"],
    ["docker.io", { byName, via }, "https://mirror.example", "hub/"],
  ];
  for (const [registry, map, origin, prefix] of cases) {
    it(`for ${registry} is ${origin}/v2/${prefix}...`, () =>
      expect(endpointOf(registry, map)).to.deep.equal({ origin, prefix }));
  }

  it("is private over TLS and on this machine", () => {
    for (const url of ["https://a.example", "http://localhost:5000", "http://127.0.0.1", "http://[::1]:5000"]) {
      expect(isPrivate(new URL(url)), url).to.equal(true);
    }
    for (const url of ["http://a.example", "http://127.0.0.1.example", "http://10.0.0.1"]) {
      expect(isPrivate(new URL(url)), url).to.equal(false);
    }
  });
});

describe("what a registry wants to see", () => {
  const cases: [string | undefined, ReturnType<typeof parseChallenge>][] = [
    [undefined, undefined],
    ["Negotiate", undefined],
    ['Basic realm="x"', { scheme: "basic" }],
    [
      'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push"',
      { scheme: "bearer", realm: "https://auth.example/token", service: "registry.example" },
    ],
    ['bearer realm="https://a/t"', { scheme: "bearer", realm: "https://a/t", service: undefined }],
    [
      'Basic realm="x", Bearer realm="https://a/t",service=plain',
      { scheme: "bearer", realm: "https://a/t", service: "plain" },
    ],
    ['Bearer error="insufficient_scope"', undefined],
  ];
  for (const [header, challenge] of cases) {
    it(`is read from ${String(header)}`, () => expect(parseChallenge(header)).to.deep.equal(challenge));
  }

  it("is read from anything without an error", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseChallenge(text)));
    fc.assert(fc.property(fc.string(), (text) => void parseChallenge(`Bearer ${text}`)));
  });
});

describe("credentials of registries", () => {
  const basic = (text: string) => ({ auth: Buffer.from(text).toString("base64") });
  const store = parseCredentials(
    JSON.stringify({
      auths: {
        "https://index.docker.io/v1/": basic("hub:pw:with:colons"),
        "registry.example:5000": { username: "u", password: "p" },
        "quay.io/calico": basic("narrow:1"),
        "quay.io": { identitytoken: "t" },
        "empty.example": {},
      },
    }),
  );
  const cases: [string, string, object | undefined][] = [
    ["registry-1.docker.io", "library/nginx", { username: "hub", password: "pw:with:colons" }],
    ["registry.example:5000", "a/b", { username: "u", password: "p" }],
    ["registry.example", "a/b", undefined],
    ["quay.io", "calico/node", { username: "narrow", password: "1" }],
    ["quay.io", "calicos/node", { identityToken: "t" }],
    ["empty.example", "a", undefined],
  ];
  for (const [host, repository, credentials] of cases) {
    it(`for ${repository} at ${host} are ${credentials === undefined ? "none" : "found"}`, () =>
      expect(store.of(host, repository)).to.deep.equal(credentials));
  }

  it("are refused in a wrong form, and nothing of the text is told", () => {
    for (const text of ['{"auths": {"a": {"auth": "secret!"}}}', '{"auths": "secret"}', "secret {", '"secret"']) {
      expect(() => parseCredentials(text), text)
        .to.throw()
        .with.property("message")
        .that.does.not.contain("secret");
    }
  });
});

describe("what differs from a lock", () => {
  const image = { repository: "quay.io/a/b", tag: "1" };
  const locked = { tag: "1", index: "sha256:1", amd64: "sha256:2" };
  it("is nothing if all is the same", () => expect(difference(image, locked, { ...locked })).to.equal(undefined));
  it("is an architecture that has come or gone too", () => {
    expect(difference(image, locked, { tag: "1", index: "sha256:3", arm64: "sha256:2" })?.message).to.equal(
      "quay.io/a/b:1 was index sha256:1 and is sha256:3 now; amd64 sha256:2 and is nothing now; " +
        "arm64 nothing and is sha256:2 now",
    );
  });
});

describe("the size of an image", () => {
  it("is that of its configuration and its layers, a layer that is there twice fetched once", () => {
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const part = (letter: string, size: number) => ({ mediaType, digest: `sha256:${letter.repeat(64)}`, size });
    const layers = [part("b", 2000), part("c", 300), part("b", 2000)];
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, config: part("a", 40), layers }));
    expect(parseManifest("one:1", { bytes, mediaType })).to.deep.include({ kind: "image", bytes: 2340 });
  });
});

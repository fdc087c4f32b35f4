import { expect } from "chai";
import type { RequestListener } from "node:http";
import { TestAuthority } from "../support/certificates";
import { aGate } from "../rollout/gates/aGate";
import { Bench, failureOf } from "./request";
import { serve, type Server } from "./servers";

const authority = new TestAuthority();
const token = "s3cr3t-t0ken";

/** What each path answers. */
const pages: Readonly<Record<string, RequestListener>> = {
  "/ok": (_, response) => response.end("status: green\nversion: 1.35.4"),
  "/down": (_, response) => response.writeHead(503).end("starting"),
  "/none": (_, response) => response.writeHead(204).end(),
  "/large": (_, response) => response.end(Buffer.concat([Buffer.alloc(3 * 1024 * 1024, "x"), Buffer.from("needle")])),
  "/endless": (_, response) => {
    const more = (): void => {
      while (response.write(Buffer.alloc(65_536, "x")));
    };
    response.on("drain", more);
    more();
  },
  "/broken": (_, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half");
    setImmediate(() => response.destroy());
  },
  "/silent": () => undefined,
  "/here": (_, response) => response.writeHead(302, { location: "/ok" }).end(),
  "/loop": (_, response) => response.writeHead(302, { location: "/loop" }).end(),
  "/odd": (_, response) => response.writeHead(302, { location: "http://[" }).end(),
};

describe("the http gate", () => {
  let bench: Bench;
  let plain: Server;
  let secure: Server;
  let other: Server;
  before(async () => {
    bench = new Bench();
    bench.file("ca.pem", authority.cert);
    bench.file("token", `${token}\n`);
    const listener: RequestListener = (request, response) => {
      if (request.url === "/away")
        return response.writeHead(307, { location: `http://127.0.0.1:${other.port}/ok` }).end();
      return (pages[request.url ?? ""] ?? ((_, missing) => missing.writeHead(404).end()))(request, response);
    };
    other = await serve((_, response) => response.end());
    plain = await serve(listener);
    secure = await serve(listener, authority.issue());
  });
  after(async () => {
    await Promise.all([plain.stop(), secure.stop(), other.stop()]);
    bench.remove();
  });

  const http = (path: string, overrides: Partial<ReturnType<typeof gate>> = {}) =>
    bench.ask({ ...gate(`http://127.0.0.1:${plain.port}${path}`), ...overrides });
  const gate = (url: string) => aGate("http", { url });

  for (const [what, path, overrides, answer] of [
    ["passes on an expected status", "/ok", {}, "pass: ORIGIN/ok answered 200"],
    ["fails on another one", "/down", {}, "fail: ORIGIN/down answered 503, not 200-299"],
    ["passes on a status that is asked for", "/none", { expectStatus: [{ from: 204, to: 204 }] }, /^pass/],
    ["passes with the text in the body", "/ok", { bodyContains: "green" }, /^pass/],
    [
      "fails without it",
      "/ok",
      { bodyContains: "red" },
      'fail: ORIGIN/ok answered 200, and the body does not hold "red"',
    ],
    ["passes with a body that matches", "/ok", { bodyMatches: "version: 1\\.3\\d\\." }, /^pass/],
    ["fails with one that does not", "/ok", { bodyMatches: "^version" }, /^fail: .*does not match "\^version"$/],
    [
      "reads no more than it may of a body",
      "/large",
      { bodyContains: "needle" },
      /^fail: .*the first 1048576 bytes of the body do not hold "needle"$/,
    ],
    ["ends with a body that does not", "/endless", {}, /^pass/],
    ["follows a redirect on the same host", "/here", {}, "pass: ORIGIN/ok answered 200"],
    [
      "takes a redirect for the answer if it is asked for",
      "/here",
      { expectStatus: [{ from: 302, to: 302 }] },
      /^pass/,
    ],
    ["does not run in circles", "/loop", {}, /^fail: .*answered 302/],
    ["does not follow a redirect to nowhere", "/odd", {}, /^fail: .*answered 302/],
  ] as const) {
    it(what, async () => {
      const found = (await http(path, overrides as object)).replace(`http://127.0.0.1:${plain.port}`, "ORIGIN");
      if (typeof answer === "string") expect(found).to.equal(answer);
      else expect(found).to.match(answer);
    });
  }

  it("goes nowhere else by a redirect, least of all with a token", async () => {
    const url = `https://localhost:${secure.port}/away`;
    const found = await bench.ask({ ...gate(url), caFile: "ca.pem", tokenFile: "token" });
    expect(found).to.equal(`fail: ${url} answered 307, not 200-299`);
    expect(secure.requests.at(-1)?.headers.authorization).to.equal(`Bearer ${token}`);
    expect(other.requests).to.deep.equal([]);
  });

  it("sends its headers, filled in", async () => {
    await http("/ok", { headers: { "X-Site": "{site}/{release}" } });
    expect(plain.requests.at(-1)?.headers).to.include({ "x-site": "porto/2026.11.0" });
  });

  it("fills in the address", async () => {
    const found = await bench.ask(gate(`http://127.0.0.1:${plain.port}/{site}.{fleetDomain}/{commit}?p={profile}`));
    expect(plain.requests.at(-1)?.url).to.match(/^\/porto\.harbours\.example\/c0ffee0+\?p=micro$/);
    expect(found).to.match(/^fail: .*answered 404/);
  });

  it("trusts no certificate but those of its authorities and the system", async () => {
    const url = `https://localhost:${secure.port}/ok`;
    expect(await failureOf(bench.ask(gate(url)))).to.match(
      /cannot be asked: (unable to verify|self-signed|unable to get)/,
    );
    expect(await bench.ask({ ...gate(url), caFile: "ca.pem" })).to.equal(`pass: ${url} answered 200`);
    bench.file("other.pem", new TestAuthority().cert);
    expect(await failureOf(bench.ask({ ...gate(url), caFile: "other.pem" }))).to.match(/cannot be asked/);
  });

  it("trusts no certificate for another name", async () => {
    const elsewhere = await serve(
      (_, response) => response.end(),
      authority.issue({ dnsNames: ["elsewhere.example"] }),
    );
    try {
      const failure = await failureOf(bench.ask({ ...gate(`https://localhost:${elsewhere.port}/`), caFile: "ca.pem" }));
      expect(failure).to.match(/Hostname\/IP does not match/);
      expect(await bench.ask({ ...gate(`https://127.0.0.1:${elsewhere.port}/`), caFile: "ca.pem" })).to.match(/^pass/);
    } finally {
      await elsewhere.stop();
    }
  });

  for (const [what, path] of [
    ["a connection that breaks", "/broken"],
    ["a server that says nothing until the time is up", "/silent"],
  ] as const) {
    it(`takes ${what} for an error and no answer`, async () => {
      const url = `http://127.0.0.1:${plain.port}${path}`;
      const failure = await failureOf(bench.ask(gate(url), {}, AbortSignal.timeout(500)));
      expect(failure).to.match(new RegExp(`^${url} cannot be asked: `));
    });
  }

  it("takes a refused connection for an error that names where, without what stands after the path", async () => {
    const gone = await serve(() => undefined);
    await gone.stop();
    const url = `http://127.0.0.1:${gone.port}/x`;
    expect(await failureOf(bench.ask(gate(`${url}?key=1`)))).to.equal(
      `${url} cannot be asked: connect ECONNREFUSED 127.0.0.1:${gone.port}`,
    );
  });

  for (const [what, tokenFile, content, message] of [
    ["is missing", "nothing", undefined, /nothing cannot be read: ENOENT$/],
    ["holds several lines", "lines", "a\nb", /lines does not hold one line of ASCII$/],
    ["is too large", "huge", "x".repeat(2 ** 21), /huge is larger than 1048576 bytes$/],
    ["is a folder", ".", undefined, /is no regular file$/],
    ["never ends", "/dev/zero", undefined, /is no regular file$/],
  ] as const) {
    it(`says so when the token's file ${what}, and nothing of what is in it`, async () => {
      if (content !== undefined) bench.file(tokenFile, content);
      const failure = await failureOf(bench.ask({ ...gate(`https://localhost:${secure.port}/ok`), tokenFile }));
      expect(failure).to.match(message);
    });
  }
});

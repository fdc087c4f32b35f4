import { expect } from "chai";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { GiteaApi } from "../../../gitops/gitea/api";
import { clockOffset, GiteaClient, GiteaRefused, GiteaUnreachable } from "../../../gitops/gitea/client";
import { TestAuthority } from "../../support/certificates";

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("GiteaClient", () => {
  const authority = new TestAuthority();
  let server: https.Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let asked: IncomingMessage[];
  let client: GiteaClient;
  before(async () => {
    server = https.createServer(authority.issue(), (request, response) => {
      asked.push(request);
      request.resume();
      answer(request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  beforeEach(() => {
    asked = [];
    client = to({ token: "secret-token" });
  });
  afterEach(() => client.close());
  after(() => server.close());

  const url = () => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const to = (login: ConstructorParameters<typeof GiteaClient>[0]["login"], ca = authority.cert) =>
    new GiteaClient({ url: url(), login, authority: ca });
  const json = (status: number, body: unknown) => (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };

  it("sends its login in a header, and JSON as JSON", async () => {
    answer = json(201, { id: 1 });
    expect(await client.ask("POST", "/orgs", { username: "deploy" })).to.deep.equal({ id: 1 });
    expect(asked[0]?.headers).to.include({ authorization: "token secret-token", "content-type": "application/json" });
    expect(asked[0]?.url).to.equal("/api/v1/orgs");
  });

  it("says what was refused, without the login and without moving a cursor", async () => {
    answer = json(403, { message: "\u001b[31mno\u0007" });
    const error = await rejection(client.ask("POST", "/orgs", {}));
    expect(error).to.be.instanceOf(GiteaRefused).and.include({ status: 403, what: "POST /orgs" });
    expect((error as Error).message).to.equal(
      `${url()} answered 403 to POST /orgs: no. The login is not allowed to do that`,
    );
  });

  it("takes no redirect, which would carry the login elsewhere", async () => {
    answer = (_, response) => void response.writeHead(302, { location: "https://elsewhere.example/" }).end();
    expect(await rejection(client.ask("GET", "/user"))).to.be.instanceOf(GiteaRefused);
    expect(asked).to.have.length(1);
  });

  it("trusts nobody but the authority", async () => {
    answer = json(200, {});
    const wary = to({ token: "x" }, new TestAuthority().cert);
    const error = await rejection(wary.ask("POST", "/orgs", {}));
    wary.close();
    expect(error).to.be.instanceOf(GiteaUnreachable);
    expect(asked).to.have.length(0);
  });

  it("repeats what is safe to repeat while the server is not up, and nothing else", async () => {
    const down = () => {
      let left = 2;
      return (request: IncomingMessage, response: ServerResponse) =>
        left-- > 0 ? json(503, {})(request, response) : json(200, { up: true })(request, response);
    };
    answer = down();
    expect(await client.ask("GET", "/x")).to.deep.equal({ up: true });
    answer = down();
    expect(await rejection(client.ask("POST", "/x", {}))).to.be.instanceOf(GiteaUnreachable);
  });

  it("reads a list to its end, also from a server with smaller pages", async () => {
    answer = (request, response) => {
      const page = Number(new URL(request.url ?? "", url()).searchParams.get("page"));
      json(200, page <= 3 ? [page] : [])(request, response);
    };
    expect(await client.list("/users")).to.deep.equal([1, 2, 3]);
  });

  for (const [title, give] of [
    [
      "that never ends",
      (_: IncomingMessage, response: ServerResponse) => void response.writeHead(200).end(Buffer.alloc(2_000_000, 32)),
    ],
    ["that is no JSON", (_: IncomingMessage, response: ServerResponse) => void response.writeHead(200).end("<html>")],
    ["of another shape", json(200, { version: 26 })],
    ["without what was asked for", json(200, {})],
  ] as const) {
    it(`refuses an answer ${title}`, async () => {
      answer = give;
      expect(await rejection(new GiteaApi(client).version())).to.be.instanceOf(GiteaRefused);
    });
  }

  it("ends a list that has no end", async () => {
    answer = json(200, [1]);
    const error = await rejection(client.list("/users"));
    expect(String(error)).to.include("more than 400 pages");
  });

  it("encodes names, so that none leads to another path", async () => {
    answer = json(404, {});
    expect(await new GiteaApi(client).repository("deploy/a b?x")).to.equal(undefined);
    expect(asked[0]?.url).to.equal("/api/v1/repos/deploy/a%20b%3Fx");
    expect(String(await rejection(new GiteaApi(client).repository("deploy/..")))).to.include("would lead elsewhere");
    expect(asked).to.have.length(1);
  });
});

describe("a server's clock", () => {
  const sent = Date.parse("2026-11-28T12:00:00.500Z");
  for (const [date, expected] of [
    ["Sat, 28 Nov 2026 12:00:00 GMT", 0],
    ["Sat, 28 Nov 2026 12:00:01 GMT", 0],
    ["Sun, 28 Nov 2027 12:00:00 GMT", 365 * 86_400_000 - 1500],
    ["Fri, 28 Nov 2025 12:00:00 GMT", -365 * 86_400_000 + 500],
    ["yesterday", undefined],
    [undefined, undefined],
  ] as const) {
    it(`is ${expected} ms ahead by "${date}"`, () => expect(clockOffset(date, sent, sent + 1000)).to.equal(expected));
  }
});

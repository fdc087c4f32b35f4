import { expect } from "chai";
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { identityPlan } from "../../../components/identity/plan";
import type { Identity } from "../../../fleet/model";
import { serve } from "../../probes/servers";
import { TestAuthority } from "../../support/certificates";
import { withFolder } from "../../support/edgewave";
import { aSite } from "../../support/fleet";
import { titled, whyMissing } from "../../support/program";

const identityOf = (url: string): Identity => ({
  hub: { url, audiences: ["kubernetes"], usernameClaim: "sub", groupsClaim: "groups", prefix: "hub:" },
  local: undefined,
  mirrorPort: 8443,
});
const fileOf = (name: string, url = "https://auth.hub.example/realms/edge") =>
  identityPlan(aSite({ identity: identityOf(url) })).find((file) => file.path === `identity/${name}`)?.content ?? "";

describe("the mirror of the hub's issuer", () => {
  it("serves the hub's issuer with keys that are on the site", () => {
    expect(JSON.parse(fileOf("openid-configuration"))).to.include({
      issuer: "https://auth.hub.example/realms/edge",
      jwks_uri: "https://bastion.porto.harbours.example:8443/keys.json",
    });
  });

  it("is not there for sites without the hub's issuer", () => {
    expect(identityPlan(aSite())).to.deep.equal([]);
  });

  const missing = whyMissing("python3");
  describe(titled("refreshed by the real program", missing), () => {
    before(function () {
      if (missing !== undefined) this.skip();
    });
    const key = { kty: "EC", crv: "P-256", kid: "1", x: "a", y: "b" };
    const old = '{"keys": ["old"]}';

    /** Runs the program against an issuer that answers so. @returns what is in the mirror then */
    async function refreshed(
      discovery: (base: string) => unknown,
      keys: unknown,
    ): Promise<{ keys: string; said: string }> {
      return await withFolder(async (folder) => {
        const authority = new TestAuthority();
        const base: { url?: string } = {};
        const issuer = await serve((request, response) => {
          const document = request.url === "/keys" ? keys : discovery(base.url ?? "");
          response.end(typeof document === "string" ? document : JSON.stringify(document));
        }, authority.issue());
        base.url = `https://localhost:${issuer.port}`;
        try {
          const inFolder = (name: string) => path.join(folder, name);
          const settings = JSON.parse(fileOf("refresh-keys.json", base.url));
          expect(settings).to.deep.equal({ issuer: base.url, keys: "/srv/edgewave/oidc/keys.json" });
          const own = { ...settings, keys: inFolder("keys.json"), authorities: inFolder("ca.pem") };
          writeFileSync(inFolder("settings.json"), JSON.stringify(own));
          writeFileSync(inFolder("ca.pem"), authority.cert);
          writeFileSync(inFolder("keys.json"), old);
          writeFileSync(inFolder("refresh.py"), fileOf("refresh-keys.py"));
          const said = await new Promise<string>((resolve) =>
            execFile("python3", [inFolder("refresh.py"), inFolder("settings.json")], (_, _out, err) => resolve(err)),
          );
          expect(existsSync(inFolder("keys.json"))).to.equal(true);
          return { keys: readFileSync(inFolder("keys.json"), "utf8"), said };
        } finally {
          await issuer.stop();
        }
      });
    }
    const sound = (base: string) => ({ issuer: base, jwks_uri: `${base}/keys` });

    it("has the issuer's keys", async () => {
      const { keys, said } = await refreshed(sound, { keys: [key], more: 1 });
      expect(said).to.equal("");
      expect(JSON.parse(keys)).to.deep.equal({ keys: [key] });
    });

    for (const [what, discovery, keys] of [
      ["another issuer answers", () => ({ issuer: "https://other" }), { keys: [key] }],
      ["a portal answers with a page", () => "<html>log in</html>", { keys: [key] }],
      ["there are no keys", sound, { keys: [] }],
      ["the keys are private ones", sound, { keys: [{ ...key, d: "secret" }] }],
      ["the keys are elsewhere and unprotected", (base: string) => ({ issuer: base, jwks_uri: "http://x/keys" }), {}],
      ["the answer does not end", sound, "x".repeat(2 * 1024 * 1024)],
    ] as const) {
      it(`keeps the keys that it has if ${what}`, async () => {
        const result = await refreshed(discovery, keys);
        expect(result.keys).to.equal(old);
        expect(result.said).to.match(/^the keys stay as they are: /);
      });
    }
  });
});

import { createPublicKey, verify, type JsonWebKey } from "node:crypto";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { request } from "node:https";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { parse, stringify } from "yaml";
import { identityVars } from "../../../../components/kubespray/groupVarsIdentity";
import { cutForSite } from "../../../../gitops/cut";
import { siteObjects } from "../../../../gitops/overrides/siteObjects";
import { renderRelease } from "../../../../gitops/render/release";
import { dexDefinitions, dexGroup } from "../../../../gitops/render/services/dexDefinitions";
import { freePorts, Servers, tokens } from "../../../engine/providers/kubernetes/real/servers";
import { TestAuthority } from "../../../support/certificates";
import { withFolder } from "../../../support/edgewave";
import { aLocalIssuer, aRelease, aSite } from "../../../support/fleet";
import { dexProgram, DexServer } from "./dex";

const assets = process.env["KUBEBUILDER_ASSETS"] ?? "";
const here = dexProgram !== undefined && existsSync(path.join(assets, "kube-apiserver"));

/** By bcrypt, at a cost of 10. */
const password = "a quiet night at sea";
const hash = "$2a$10$G0KKvy3v5bTCyDYvc0jYT.qQjHKEBp8foPDJZL4RdyWP4OPwm6nS.";

/** The build keeps two kinds more than 2.45.1, the newest release that the catalog has. */
const newer = [
  ["UserIdentity", "useridentities"],
  ["AuthSession", "authsessions"],
].map(([kind = "", plural = ""]) => {
  const [like] = dexDefinitions;
  const names = { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() };
  return { ...like!, metadata: { name: `${plural}.${dexGroup}` }, spec: { ...like!.spec, names } };
});

interface Given {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Where objects of a kind are made. */
function pathOf({ apiVersion, kind, metadata }: Given): string {
  const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = kind === "NetworkPolicy" ? "networkpolicies" : `${kind.toLowerCase()}s`;
  const inside = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  return `${base}${inside}/${plural}?fieldValidation=Strict`;
}

type Plain = Record<string, unknown>;

/** The claims of a token that one of the issuer's keys has signed. */
function claimsOf(token: string, keys: readonly (JsonWebKey & { readonly kid?: string })[]): Plain {
  const [head = "", body = "", signature = ""] = token.split(".");
  const decoded = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Plain;
  const key = keys.find(({ kid }) => kid === decoded(head)["kid"]);
  if (key === undefined) throw new Error("no key of the issuer signed the token");
  const publicKey = createPublicKey({ key, format: "jwk" });
  const good = verify("RSA-SHA256", Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, "base64url"));
  expect(good, "the signature").to.equal(true);
  return decoded(body);
}

(here ? describe : describe.skip)(
  `a person logs in while the hub is away${here ? "" : " (no Dex or no kube-apiserver: npm run test:real)"}`,
  function () {
    this.timeout(300_000);

    it("with the configuration that Flux brings, at an API server with the authentication that Kubespray writes", async () => {
      await withFolder(async (folder) => {
        const authority = new TestAuthority();
        const [port, telemetry] = (await freePorts(2)) as [number, number];
        const issuer = { ...aLocalIssuer("porto.harbours.example"), url: `https://localhost:${port}/dex` };
        const site = aSite({ profile: "mini", identity: { hub: undefined, local: issuer, mirrorPort: 8443 } });
        const file = async (name: string, text: string) => {
          await writeFile(path.join(folder, name), text, { mode: 0o600 });
          return path.join(folder, name);
        };

        // As Kubespray's template writes it, with the file that Ansible would look up.
        const { kube_apiserver_authentication_config_jwt: jwt = [] } = identityVars(site, aRelease());
        const authentication = {
          apiVersion: "apiserver.config.k8s.io/v1",
          kind: "AuthenticationConfiguration",
          jwt: jwt.map((one) => ({ ...one, issuer: { ...one.issuer, certificateAuthority: authority.cert } })),
        };
        const configured = await file("authentication.yaml", stringify(authentication));
        const servers = await Servers.start(assets, false, [`--authentication-config=${configured}`]);
        let dex: DexServer | undefined;
        try {
          const objects = siteObjects(cutForSite(renderRelease(aRelease(), [site]), site.name), site.name)
            .filter(({ folder: of }) => of.endsWith("/values/dex"))
            .map(({ object }) => object);
          const call = (method: string, at: string, token: string, body?: object): Promise<Plain> =>
            new Promise((resolve, reject) => {
              const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
              const options = { method, headers, ca: servers.certificate };
              const sent = request(`${servers.address}${at}`, options, (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.once("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")) as Plain));
              });
              sent.once("error", reject);
              sent.end(body && JSON.stringify(body));
            });
          const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "dex" } };
          // All of them, as they stand, so that the API server has a say in each; nobody here runs the pods.
          for (const object of [namespace, ...objects, ...newer]) {
            const made = await call("POST", pathOf(object), tokens.admin, object);
            expect(made["kind"], JSON.stringify(made)).to.equal(object.kind);
          }
          // Dex has the account's rights and no other.
          const account = "/api/v1/namespaces/dex/serviceaccounts/dex/token";
          const given = await call("POST", account, tokens.admin, {
            apiVersion: "authentication.k8s.io/v1",
            kind: "TokenRequest",
            spec: { expirationSeconds: 3600 },
          });
          const own = JSON.parse(servers.kubeconfig((given["status"] as { token: string }).token)) as {
            contexts: { context: Plain }[];
          };
          own.contexts[0]!.context["namespace"] = "dex";
          const { cert, key } = authority.issue();
          const map = objects.find(({ kind }) => kind === "ConfigMap") as unknown as { data: Record<string, string> };
          const rendered = parse(map.data["config.yaml"] ?? "") as Plain & { web: Plain };
          const configuration = {
            ...rendered,
            // What is the pod's: where the cluster is, the address, and where files are.
            storage: {
              type: "kubernetes",
              config: { kubeConfigFile: await file("kubeconfig", JSON.stringify(own)), crdHandling: "check" },
            },
            web: {
              ...rendered.web,
              https: `127.0.0.1:${port}`,
              tlsCert: await file("tls.crt", cert),
              tlsKey: await file("tls.key", key),
            },
            telemetry: { http: `127.0.0.1:${telemetry}` },
          };
          const start = async () =>
            DexServer.start(await file("config.yaml", stringify(configuration)), issuer.url, authority.cert, {
              HASH_ANNA: hash,
            });
          dex = await start();

          expect(await dex.logIn("kubernetes", "anna@harbours.example", "not hers")).to.equal(undefined);
          expect(await dex.logIn("kubernetes", "bert@harbours.example", password)).to.equal(undefined);
          const answer = (await dex.logIn("kubernetes", "anna@harbours.example", password)) ?? {};
          const keysOf = async () => {
            const discovery = await dex!.json(`${issuer.url}/.well-known/openid-configuration`);
            expect(discovery["issuer"]).to.equal(issuer.url);
            return (await dex!.json(String(discovery["jwks_uri"])))["keys"] as JsonWebKey[];
          };
          const claims = claimsOf(answer["id_token"] ?? "", await keysOf());
          expect(claims).to.deep.include({
            iss: issuer.url,
            aud: "kubernetes",
            email: "anna@harbours.example",
            email_verified: true,
            groups: ["operators"],
          });
          expect(Number(claims["exp"]) - Number(claims["iat"])).to.equal(8 * 3600);

          // A password is for the login page alone.
          const direct = {
            client_id: "kubernetes",
            grant_type: "password",
            username: "anna@harbours.example",
            password,
          };
          expect(await dex.token({ ...direct, scope: "openid" })).to.have.property("error");

          const who = async (token: string): Promise<Plain> => {
            const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
            for (;;) {
              const said = await call("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", token, review);
              // The API server asks the issuer for its keys every ten seconds until it has them.
              if (said["kind"] === "SelfSubjectReview") return (said["status"] as { userInfo: Plain }).userInfo;
              await sleep(500);
            }
          };
          const person = await who(answer["id_token"] ?? "");
          expect(person["username"]).to.equal("site:anna@harbours.example");
          expect(person["groups"]).to.include("site:operators").and.not.include("system:masters");

          // Logins are in the cluster, so they outlive the process.
          await dex.stop();
          dex = await start();
          const again = await dex.token({
            client_id: "kubernetes",
            grant_type: "refresh_token",
            refresh_token: answer["refresh_token"] ?? "",
          });
          expect(claimsOf(again["id_token"] ?? "", await keysOf())).to.include({ email: "anna@harbours.example" });
        } finally {
          await dex?.stop();
          await servers.stop();
        }
      });
    });
  },
);

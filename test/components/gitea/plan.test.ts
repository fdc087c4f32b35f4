import { expect } from "chai";
import fc from "fast-check";
import { repositoryUrl } from "../../../components/gitea/address";
import { appIni, iniText, type Ini } from "../../../components/gitea/appIni";
import { configData, networkPolicySpec, podTemplate } from "../../../components/gitea/plan";
import { setupScript } from "../../../components/gitea/setup";
import { profileOf } from "../../../profiles";
import { aFleet, aRelease, aSite } from "../../support/fleet";
import { bytesOf, containersOf, everySite } from "../samples";

const { hub } = aFleet();

/** Reads an ini file as Gitea does, as far as our own texts go. */
function readIni(text: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  let section = "";
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith(";")) continue;
    const header = /^\[(.*)\]$/.exec(line);
    if (header) {
      section = header[1]!;
      continue;
    }
    const at = line.indexOf(" = ");
    (sections[section] ??= {})[line.slice(0, at)] = line.slice(at + 3).replace(/^`(.*)`$/, "$1");
  }
  return sections;
}

describe("Gitea's configuration", () => {
  const ini = appIni(aSite(), hub);

  it("keeps everything in one SQLite file and needs no other server", () => {
    expect(ini["database"]).to.include({ DB_TYPE: "sqlite3" });
    expect(ini["session"]).to.include({ PROVIDER: "memory" });
    expect(ini["cache"]).to.include({ ADAPTER: "memory" });
    expect(ini["queue"]).to.include({ TYPE: "level" });
  });

  it("calls nobody: no CDN, no avatars, no update check, no mail", () => {
    expect(ini["server"]).to.include({ OFFLINE_MODE: true, DISABLE_SSH: true });
    expect(ini["picture"]).to.include({ DISABLE_GRAVATAR: true });
    expect(ini["cron.update_checker"]).to.deep.equal({ ENABLED: false });
    expect(ini["mailer"]).to.deep.equal({ ENABLED: false });
  });

  it("lets in nobody who has no account, and lets nobody make one", () => {
    expect(ini["service"]).to.include({ DISABLE_REGISTRATION: true, REQUIRE_SIGNIN_VIEW: true });
    expect(ini["security"]).to.include({ INSTALL_LOCK: true, DISABLE_GIT_HOOKS: true });
  });

  it("mirrors from the hub only and calls Flux's receiver only", () => {
    expect(ini["migrations"]).to.deep.equal({
      ALLOWED_DOMAINS: "git.hub.harbours.example",
      ALLOW_LOCALNETWORKS: false,
    });
    expect(ini["webhook"]).to.include({ ALLOWED_HOST_LIST: "webhook-receiver.flux-system.svc.cluster.local" });
  });

  it("trusts the hub's own authority, which comes with the configuration and starts the pod anew", () => {
    const own = { ...hub, gitAuthority: "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n" };
    expect(ini["git.config"]).not.to.have.property("http.sslCAInfo");
    expect(appIni(aSite(), own)["git.config"]).to.include({ "http.sslCAInfo": "/etc/gitea/hub-ca.pem" });
    expect(configData(aSite(), own)).to.include({ "hub-ca.pem": own.gitAuthority });
    const annotations = (of: typeof hub) =>
      podTemplate(aSite(), aRelease(), of, profileOf("micro").workloads.gitea!).metadata.annotations;
    expect(annotations(own)).not.to.deep.equal(annotations(hub));
  });

  it("holds no secret, only the files in which they are", () => {
    for (const [section, key] of [
      ["security", "SECRET_KEY_URI"],
      ["security", "INTERNAL_TOKEN_URI"],
      ["oauth2", "JWT_SECRET_URI"],
    ] as const) {
      expect(ini[section]?.[key]).to.match(/^file:\/etc\/gitea-secrets\//);
    }
    expect(iniText(ini)).not.to.match(/^(SECRET_KEY|INTERNAL_TOKEN|JWT_SECRET|PASSWD) =/m);
  });

  it("reads back as it was written", () => {
    const value = fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.stringMatching(/^[ -_a-~]{1,20}$/).filter((text) => text.trim() === text),
    );
    const key = fc.stringMatching(/^[A-Z_]{1,10}$/);
    const sections = fc.dictionary(fc.stringMatching(/^[a-z.]{1,10}$/), fc.dictionary(key, value, { minKeys: 1 }));
    fc.assert(
      fc.property(sections, (given: Ini) => {
        const read = readIni(iniText(given));
        for (const [section, keys] of Object.entries(given)) {
          for (const [name, content] of Object.entries(keys)) expect(read[section]?.[name]).to.equal(String(content));
        }
      }),
    );
  });

  it("refuses a value that would begin another line", () => {
    expect(() => iniText({ a: { KEY: "x\nINSTALL_LOCK = false" } })).to.throw("KEY");
  });
});

describe("Gitea's pod", () => {
  for (const { title, site } of everySite()) {
    it(`is restricted, sized by the profile and pinned for ${title}`, () => {
      const workload = profileOf(site.profile).workloads.gitea!;
      const { spec, metadata } = podTemplate(site, aRelease(), hub, workload);
      expect(spec.automountServiceAccountToken).to.equal(false);
      expect(spec.securityContext).to.include({ runAsNonRoot: true, runAsUser: 1000 });
      for (const { image, resources, securityContext } of containersOf(spec)) {
        expect(image).to.equal("docker.gitea.com/gitea:1.26.1-rootless");
        expect(bytesOf(resources.requests["memory"]!)).to.equal(workload.requests.memoryMiB * 1024 ** 2);
        expect(bytesOf(resources.limits["memory"]!)).to.equal(workload.limits.memoryMiB * 1024 ** 2);
        expect(securityContext).to.include({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
      }
      expect(metadata.annotations["edgewave.dev/configuration"]).to.match(/^[0-9a-f]{64}$/);
    });
  }

  it("starts anew when its configuration changes, and only then", () => {
    const annotation = (site: ReturnType<typeof aSite>) =>
      podTemplate(site, aRelease(), hub, profileOf("micro").workloads.gitea!).metadata.annotations;
    expect(annotation(aSite({ region: "elsewhere" }))).to.deep.equal(annotation(aSite()));
    expect(annotation(aSite({ timeZone: "Europe/Oslo" }))).not.to.deep.equal(annotation(aSite()));
    expect(configData(aSite({ timeZone: "Europe/Oslo" }), hub)["app.ini"]).to.contain("Europe/Oslo");
  });

  it("mounts every volume that it has and has every volume that it mounts", () => {
    const { spec } = podTemplate(aSite(), aRelease(), hub, profileOf("micro").workloads.gitea!);
    const mounted = [...spec.initContainers, ...spec.containers].flatMap(({ volumeMounts }) =>
      volumeMounts.map(({ name }) => name),
    );
    expect([...new Set(mounted)].sort()).to.deep.equal(spec.volumes.map(({ name }) => name).sort());
  });

  it("makes its accounts with passwords from files", () => {
    expect(setupScript).to.contain('account operator "$(cat /etc/gitea-accounts/operator)" --restricted');
    expect(setupScript).to.contain('account edgewave "$(cat /etc/gitea-accounts/edgewave)" --admin');
    expect(setupScript).to.contain('account flux "$(cat /etc/gitea-accounts/flux)" --restricted');
  });
});

describe("Gitea's traffic", () => {
  const ports = (gitUrl: string) => networkPolicySpec(aSite(), { ...hub, gitUrl }).egress[1]!;

  it("goes to the hub's port, anywhere but to the site's own pods, as the hub has a name", () => {
    expect(ports("https://git.hub.harbours.example:3443")).to.deep.equal({
      to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["172.20.0.0/16", "172.21.0.0/16"] } }],
      ports: [{ protocol: "TCP", port: 3443 }],
    });
  });

  it("goes to the hub's address alone, if it is one", () => {
    expect(ports("https://192.0.2.7")).to.deep.equal({
      to: [{ ipBlock: { cidr: "192.0.2.7/32" } }],
      ports: [{ protocol: "TCP", port: 443 }],
    });
  });

  it("comes in from Flux, the reporter, the ingress and itself", () => {
    const { ingress } = networkPolicySpec(aSite(), hub);
    const namespaces = ingress[0]!.from.map((peer) =>
      "namespaceSelector" in peer ? Object.values(peer.namespaceSelector.matchLabels)[0] : "own",
    );
    expect(namespaces).to.deep.equal(["flux-system", "site-report", "ingress", "own"]);
  });
});

describe("a repository's address", () => {
  it("is inside the cluster and has no credentials", () => {
    expect(repositoryUrl("deploy", "porto")).to.equal("https://gitea.gitea.svc.cluster.local/deploy/porto.git");
  });
});

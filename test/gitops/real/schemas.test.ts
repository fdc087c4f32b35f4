import { expect } from "chai";
import { notificationObjects } from "../../../components/flux/notification";
import { syncObjects } from "../../../components/flux/sync";
import type { Hub } from "../../../fleet/model";
import { cutForSite } from "../../../gitops/cut";
import { siteObjects } from "../../../gitops/overrides/siteObjects";
import { renderRelease } from "../../../gitops/render/release";
import { profileOf } from "../../../profiles";
import { describeReal, RealCluster } from "../../engine/providers/kubernetes/real/cluster";
import { aFleet, aRelease, aSite } from "../../support/fleet";
import { someOverrides } from "../overrides/sample";
import { type Definition, fluxDefinitions, kyvernoDefinitions } from "./definitions";

const hub: Hub = {
  ...aFleet().hub,
  lokiUrl: "https://loki.hub",
  objectStore: { url: "https://s3.hub", region: "r", metricsBucket: "metrics", backupsBucket: "backups" },
};
const key = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n";
const imageSigning = { publicKeys: [key], images: ["registry.hub/*"] };
const urls = { deploy: "https://gitea.porto/deploy/porto.git", site: "https://gitea.porto/site/porto.git" };

interface Applied {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
}

/** Where the API has kinds that come with Kubernetes. */
const native: Readonly<Record<string, string>> = {
  ConfigMap: "configmaps",
  Secret: "secrets",
  Service: "services",
  ServiceAccount: "serviceaccounts",
  Namespace: "namespaces",
  DaemonSet: "daemonsets",
  ClusterRole: "clusterroles",
  ClusterRoleBinding: "clusterrolebindings",
  NetworkPolicy: "networkpolicies",
};

/** Everything that Git and the stack bring to sites of every profile, with Flux's variables filled in. */
function everything(): Applied[] {
  return (["micro", "mini", "standard", "ha-edge"] as const).flatMap((profile) => {
    const site = aSite({ profile });
    const cut = cutForSite(
      renderRelease(aRelease(), [site], { hub, imageSigning, overrides: someOverrides }),
      site.name,
    );
    const own = siteObjects(cut, site.name).map(({ object }) => object);
    const variables = own.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "site");
    const data = variables?.["data"] as Record<string, string>;
    const filled = own.map((object) => {
      const text = JSON.stringify(object).replace(/\$\{(\w+)\}/g, (whole, name: string) => data[name] ?? whole);
      return JSON.parse(text) as Applied;
    });
    const stack = [
      ...Object.values(syncObjects(profileOf(profile), urls, true, true)),
      ...Object.values(notificationObjects()),
    ];
    return [...filled, ...(stack as unknown as Applied[])];
  });
}

// The definitions come with the controllers' Go modules, which not every module proxy has.
const declare = process.env["EDGEWAVE_TEST_FLUX_MODULES"] ? describeReal : describe.skip;
declare(
  "what is applied at a site (skipped: the makers' modules are needed; set EDGEWAVE_TEST_FLUX_MODULES)",
  function () {
    this.timeout(180_000);
    let cluster: RealCluster;
    let definitions: readonly Definition[] = [];
    const install = async (wanted: readonly Definition[]) => {
      for (const { metadata, ...rest } of wanted) {
        const object = {
          ...rest,
          apiVersion: "apiextensions.k8s.io/v1",
          kind: "CustomResourceDefinition",
          metadata: { name: metadata.name },
        };
        await apply("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", object, "");
      }
      for (const { spec } of wanted) {
        for (const { name, served } of spec.versions) {
          if (served)
            await cluster.until(async () =>
              (await listed(`/apis/${spec.group}/${name}`)).includes(spec.names.plural) ? true : undefined,
            );
        }
      }
      definitions = wanted;
    };
    const listed = async (at: string) => {
      const { resources = [] } = (await cluster.send("GET", at)) as { resources?: { name: string }[] };
      return resources.map(({ name }) => name);
    };
    const apply = async (at: string, object: Applied, query: string) => {
      const question = `fieldManager=edgewave-test&force=true&fieldValidation=Strict${query}`;
      const answer = await cluster.send(
        "PATCH",
        `${at}/${object.metadata.name}?${question}`,
        object,
        "application/apply-patch+yaml",
      );
      return answer as { kind?: string; message?: string };
    };
    const placeOf = ({ apiVersion, kind, metadata }: Applied): string => {
      const [group = "", version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
      const known = definitions.find(({ spec }) => spec.group === group && spec.names.kind === kind);
      const plural = known?.spec.names.plural ?? native[kind];
      const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
      return metadata.namespace === undefined
        ? `${base}/${plural}`
        : `${base}/namespaces/${metadata.namespace}/${plural}`;
    };
    const refused = async (): Promise<string[]> => {
      const all = everything();
      const namespaces = new Set(all.flatMap(({ metadata }) => metadata.namespace ?? []));
      for (const name of namespaces) {
        await apply("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } }, "");
      }
      const messages: string[] = [];
      for (const object of all) {
        const answer = await apply(placeOf(object), object, "&dryRun=All");
        if (answer.kind === object.kind) continue;
        messages.push(`${object.kind}/${object.metadata.name}: ${answer.message}`);
      }
      return [...new Set(messages)];
    };

    before(async function () {
      this.timeout(180_000);
      cluster = await RealCluster.get();
    });

    // The older one first: the newer definitions then take the older ones' place, as on a site that is upgraded.
    for (const version of ["2.8.8", "2.9.4"]) {
      it(`is what the real API and the definitions of Flux ${version} and Kyverno take, field by field`, async function () {
        const kyverno = kyvernoDefinitions(this, "v1.19.0").filter(({ spec }) =>
          ["ClusterPolicy", "ValidatingPolicy"].includes(spec.names.kind),
        );
        await install([...fluxDefinitions(this, version), ...kyverno]);
        expect(await refused()).to.deep.equal([]);
      });
    }

    it("is not taken with a key that nobody knows, so that the above means something", async () => {
      const object = { ...notificationObjects().provider, spec: { type: "alertmanager", adress: "x" } };
      const answer = await apply(placeOf(object), object, "&dryRun=All");
      expect(answer.message).to.include("adress");
    });
  },
);

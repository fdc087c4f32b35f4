import { expect } from "chai";
import fc from "fast-check";
import path from "node:path";
import { objectIdentity, overridesOf, type KubernetesObject, type Override } from "../../../fleet/overrides";
import type { ResolvedSite } from "../../../fleet/model";
import {
  deployedObjects,
  keptBySites,
  objectsOfCut,
  objectsOfSite,
  sharedObjects,
} from "../../../gitops/changes/keptObjects";
import { takeOverChanges } from "../../../gitops/changes/exchange";
import { cutForSite } from "../../../gitops/cut";
import { importCommits } from "../../../gitops/git/importCommits";
import { moveRefs } from "../../../gitops/git/refs";
import { deployRepository, fleetRepository, openRepository } from "../../../gitops/git/repository";
import { overrideFindings } from "../../../gitops/overrides/findings";
import { siteObjects } from "../../../gitops/overrides/siteObjects";
import { renderRelease } from "../../../gitops/render/release";
import { aFleet, aRelease, aSite } from "../../support/fleet";
import { signingKeyOfTests } from "../../support/signingKey";
import { newFolder, removeFolders } from "../folders";
import { anOverride } from "../overrides/sample";
import { someSites } from "../render/anyFleet";

/** What Gitea puts into a repository that it begins (`auto_init`): a file without an object. */
const beginning = (site: string) => new Map([["README.md", `# ${site}\n`]]);

const configMap = (name: string, namespace = "default"): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace },
});

/** What people add, for one site, for labels or for a profile; some of it is part of the release already. */
const someAdditions = (sites: readonly ResolvedSite[]): fc.Arbitrary<readonly Override[]> =>
  fc
    .array(
      fc.record({
        scope: fc.oneof(
          fc.constantFrom(...sites).map(({ name }) => ({ layer: "site", site: name }) as const),
          fc.constantFrom(...sites).map(({ profile }) => ({ layer: "profile", profile }) as const),
          fc.constantFrom(...sites).map(({ region }) => ({ layer: "labels", matchLabels: { region } }) as const),
        ),
        names: fc.array(fc.constantFrom("berths", "cranes", "tides", "site"), { minLength: 1, maxLength: 3 }),
      }),
      { maxLength: 4 },
    )
    .map((list) =>
      list.map(({ scope, names }, at) =>
        anOverride({
          name: `override-${at}`,
          scope,
          objects: [...new Set(names)].map((name, line) => ({
            object: configMap(name, name === "site" ? "flux-system" : "default"),
            source: { file: `overrides/override-${at}.yaml`, line },
          })),
        }),
      ),
    );

describe("who owns an object of a site", () => {
  after(removeFolders);

  it("is one of its two repositories, whatever overrides add, or the check says which is owned twice", () => {
    const fleets = someSites.chain((sites) =>
      fc.record({ sites: fc.constant(sites), overrides: someAdditions(sites) }),
    );
    fc.assert(
      fc.property(fleets, ({ sites, overrides }) => {
        const tree = renderRelease(aRelease(), sites, { overrides, sealed: new Map() });
        const findings = overrideFindings(aFleet({ sites, overrides, releases: [aRelease()] }), new Map());
        const clashing = new Set(
          findings.filter(({ code }) => code === "EDGE-OVER-004").map(({ file, line }) => `${file}:${line}`),
        );
        for (const site of sites) {
          const cut = cutForSite(tree, site.name);
          const identities = siteObjects(cut, site.name).map(({ object }) => objectIdentity(object));
          const twice = identities.filter((identity, at) => identities.indexOf(identity) !== at);
          const added = overridesOf(site, overrides).flatMap(({ objects }) => objects);
          // Each object that comes twice was told, and nothing else was.
          expect(new Set(twice)).to.deep.equal(
            new Set(
              added.filter(({ object }) => object.metadata.name === "site").map(({ object }) => objectIdentity(object)),
            ),
          );
          for (const { object, source } of added) {
            expect(clashing.has(`${source.file}:${source.line}`)).to.equal(object.metadata.name === "site");
          }
          expect(sharedObjects(objectsOfCut(cut, site.name), objectsOfSite(beginning(site.name)))).to.deep.equal([]);
          // What the site moves into its own repository as it is, all of it is told.
          expect(sharedObjects(objectsOfCut(cut, site.name), asOwn(cut, site.name)).length).to.equal(
            new Set(identities).size,
          );
        }
      }),
      { numRuns: 15 },
    );
  });

  function asOwn(cut: ReadonlyMap<string, string>, site: string) {
    const objects = siteObjects(cut, site).map(({ object }, at): [string, string] => [
      `${at}.yaml`,
      JSON.stringify(object),
    ]);
    return objectsOfSite(new Map(objects));
  }

  it("is never told of by another site's cut, whatever overrides add to that", () => {
    const fleets = someSites.chain((sites) =>
      fc.record({ sites: fc.constant(sites), overrides: someAdditions(sites) }),
    );
    fc.assert(
      fc.property(fleets, ({ sites, overrides }) => {
        const kept = overrides.map((override) => ({
          ...override,
          objects: override.objects.filter(({ object }) => object.metadata.name !== "site"),
        }));
        const tree = renderRelease(aRelease(), sites, { overrides: kept, sealed: new Map() });
        for (const site of sites) {
          const text = [...cutForSite(tree, site.name)].flat().join("\n");
          for (const other of sites) if (other !== site) expect(text).not.to.include(other.name);
        }
      }),
      { numRuns: 15 },
    );
  });

  describe("in the files of a site", () => {
    for (const [what, files, owned] of [
      [
        "is each object, with its file",
        {
          "a.yaml":
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n",
        },
        { "v1/ConfigMap/b/a": "a.yaml", "v1/Namespace//b": "a.yaml" },
      ],
      [
        "is JSON too",
        { "a.json": '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"b"}}' },
        { "v1/Namespace//b": "a.json" },
      ],
      [
        "is nothing that kustomize reads itself",
        {
          "kustomization.yaml":
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: x}\n",
        },
        {},
      ],
      [
        "is nothing in what is no object, or cannot be read",
        {
          "a.yaml": "- 1\n",
          "b.yaml": "a: [\n",
          "c.yaml": "",
          "d.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: [x]}\n",
        },
        {},
      ],
      [
        "is nothing in a file that unfolds without end",
        {
          "a.yaml": `a: &a [1]\n${Array.from(
            { length: 30 },
            (_, at) =>
              `b${at}: &b${at} [${Array(9)
                .fill(at === 0 ? "*a" : `*b${at - 1}`)
                .join(", ")}]`,
          ).join("\n")}\n`,
        },
        {},
      ],
    ] as const) {
      it(what, () => expect(Object.fromEntries(objectsOfSite(new Map(Object.entries(files))))).to.deep.equal(owned));
    }
  });

  it("is read from what was promoted and what the site pushed, and what both own is named with both files", async () => {
    const directory = newFolder();
    const site = aSite();
    const cut = cutForSite(renderRelease(aRelease(), [site]), site.name);
    const commit = async (repository: string, ref: string, files: Iterable<readonly [string, string]>) => {
      await openRepository(repository, "main");
      const [to = ""] = await importCommits(repository, [{ parent: undefined, date: 0, message: "x", files }]);
      await moveRefs(repository, [{ ref, from: undefined, to }]);
    };
    expect((await keptBySites(fleetRepository(directory), [site.name])).size).to.equal(0);
    await commit(deployRepository(directory, site.name), "refs/heads/deploy", cut);
    const own = path.join(directory, "own.git");
    const mine =
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: loki}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: quay}\n";
    await commit(own, "refs/heads/main", [
      ["README.md", "x\n"],
      ["mine/spaces.yaml", mine],
    ]);
    const exchange = { directory, fleet: undefined, siteRemote: () => ({ url: own }), signer: signingKeyOfTests() };
    await takeOverChanges(exchange, site.name);

    const kept = (await keptBySites(fleetRepository(directory), [site.name, "lagos"])).get(site.name);
    expect([...(kept ?? [])].map(([identity]) => identity)).to.deep.equal(["v1/Namespace//loki", "v1/Namespace//quay"]);
    const deployed = await deployedObjects(deployRepository(directory, site.name), site.name);
    expect(sharedObjects(deployed, kept ?? new Map())).to.deep.equal([
      {
        identity: "v1/Namespace//loki",
        deployFile: "applications/base/services/loki/namespace.yaml",
        siteFile: "mine/spaces.yaml",
      },
    ]);
    expect((await deployedObjects(deployRepository(directory, "lagos"), "lagos")).size).to.equal(0);
  });
});

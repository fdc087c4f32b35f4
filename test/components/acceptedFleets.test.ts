import { expect } from "chai";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { containedPath } from "../../components/file/plan";
import { controllerPod, controllersOf, servicesOf } from "../../components/flux/controllers";
import { networkPolicies } from "../../components/flux/access";
import { syncObjects } from "../../components/flux/sync";
import { verificationOf } from "../../components/flux/verification";
import { repositoryUrl } from "../../components/gitea/address";
import { configData, networkPolicySpec, podTemplate } from "../../components/gitea/plan";
import { imagePlan } from "../../components/images/plan";
import { brokerDefinitions } from "../../components/ingestion/broker/definitions";
import { ingestionPlan } from "../../components/ingestion/plan";
import { bridgeFiles } from "../../components/ingestion/strimzi/bridge";
import { bufferTopicObject, kafkaObjects } from "../../components/ingestion/strimzi/kafka";
import { mirrorObject } from "../../components/ingestion/strimzi/mirror";
import { apiAddress, inventoryPlan } from "../../components/kubespray/plan";
import { validityFor } from "../../components/certificates/validity";
import { assembleFleet } from "../../fleet/assemble";
import { builtInKnowledge } from "../../fleet/knowledge";
import type { Fleet, ProfileName, Release, ResolvedSite } from "../../fleet/model";
import type { FleetFile } from "../../fleet/source/files";
import { profileOf, workloadsOf } from "../../profiles";
import { planWaves } from "../../rollout/planWaves";
import { aFleet, aSite } from "../support/fleet";
import { fleetFiles } from "../support/fleetFiles";
import { leavesOf } from "./samples";

const unseen = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/;

/** All that is planned for a site, by every component. */
function plansOf(site: ResolvedSite, release: Release, { hub }: Pick<Fleet, "hub">): readonly unknown[] {
  const profile = profileOf(site.profile);
  const workloads = workloadsOf(profile, site.ingestion.buffer);
  const controllers = controllersOf(workloads);
  const ingestion = ingestionPlan(site, release, hub, profile);
  const inventory = inventoryPlan(site, release, profile);
  for (const { path } of [...inventory, ...imagePlan(site, release).files]) containedPath(path);
  const kafka =
    site.ingestion.buffer === "strimzi"
      ? [
          kafkaObjects(site, release, profile, workloads),
          bufferTopicObject(site, 1, ingestion.sizing),
          mirrorObject(site, release, hub, workloads["mirror-maker"]!),
          bridgeFiles(site),
        ]
      : [];
  return [
    inventory,
    apiAddress(site),
    imagePlan(site, release),
    validityFor(site.link.maxOutageHours),
    ingestion,
    brokerDefinitions(site.ingestion.topics, ingestion.broker, ingestion.sizing, ""),
    kafka,
    configData(site, hub),
    networkPolicySpec(site, hub),
    podTemplate(site, release, hub, workloads.gitea!),
    syncObjects(profile, { deploy: repositoryUrl("deploy", site.name), site: repositoryUrl("site", site.name) }, false),
    verificationOf(site, release, []),
    networkPolicies(site, controllers),
    servicesOf(controllers),
    controllers.map((controller) => controllerPod(site, release, controller, controllers)),
  ];
}

const templateForm = /\{\{.*?\}\}|\{%.*?%\}/g;

/** Edgewave's own templates: those that sites have of which every text is plain. */
const ownTemplates = new Set(
  (["micro", "mini", "standard", "ha-edge"] as const).flatMap((profile) => {
    const fleet = aFleet({ sites: [aSite({ profile })] });
    const plans = fleet.sites.map((site) => plansOf(site, fleet.releases[0]!, fleet));
    return leavesOf(plans).flatMap(([, value]) => (typeof value === "string" ? (value.match(templateForm) ?? []) : []));
  }),
);

/** Plans all that can be rolled out, and looks for what must not be in any text of a plan. */
function planAll(fleet: Fleet): void {
  for (const site of fleet.sites) {
    for (const release of fleet.releases) {
      for (const [where, value] of leavesOf(plansOf(site, release, fleet))) {
        if (typeof value !== "string") continue;
        if (unseen.test(value)) expect.fail(`${where} has a character that nobody sees: ${JSON.stringify(value)}`);
        if (/\{[{%#]|\$\{/.test(value.replace(templateForm, (found) => (ownTemplates.has(found) ? "" : found)))) {
          expect.fail(`${where} has a template: ${value}`);
        }
      }
    }
  }
}

/** Files of a fleet with everything that can be written, as plain data. */
function documentsOf(profile: ProfileName): { readonly path: string; readonly value: unknown }[] {
  const offline = { reason: "mast down", since: "2026-10-28" };
  const files = fleetFiles(aFleet({ sites: [aSite({ profile, offline })] }));
  return files.map(({ path, text }) => ({ path, value: parse(text) as unknown }));
}

type Step = string | number;
interface Place {
  readonly file: string;
  readonly steps: readonly Step[];
  /** Whether the key is exchanged and not the value. */
  readonly key: boolean;
  readonly value: string | number;
}

/** Every text and number in the documents, and every key of a mapping with keys of one's own. */
function placesOf(profile: ProfileName): readonly Place[] {
  const walk = (file: string, value: unknown, steps: readonly Step[]): Place[] => {
    if (typeof value === "string" || typeof value === "number") return [{ file, steps, key: false, value }];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, part]) => {
      const step = Array.isArray(value) ? Number(key) : key;
      const free = /labels$|components$/.test(String(steps.at(-1)));
      const own: Place[] = free ? [{ file, steps: [...steps, step], key: true, value: key }] : [];
      return [...own, ...walk(file, part, [...steps, step])];
    });
  };
  return documentsOf(profile).flatMap(({ path, value }) => walk(path, value, []));
}

/** The files with another text in some place. */
function exchanged(profile: ProfileName, place: Place, text: string | number): FleetFile[] {
  return documentsOf(profile).map(({ path, value }) => {
    if (path === place.file) {
      let at = value as Record<Step, unknown>;
      for (const step of place.steps.slice(0, -1)) at = at[step] as Record<Step, unknown>;
      const last = place.steps.at(-1)!;
      if (place.key) {
        const old = at[last];
        delete at[last];
        Object.defineProperty(at, String(text), { value: old, enumerable: true });
      } else at[last] = text;
    }
    return { path, text: stringify(value) };
  });
}

const hostile: readonly (string | number)[] = [
  ...["{{ lookup('pipe', 'id') }}", "{%", "{#", "${HOME}", "$(id)", "`id`", "a b", "'", '"', "\\", ";", "#", "%s"],
  ...["\u0000", "\u001b[2J", "\u0085", "\u202e", "\ud800"],
  ...[
    "a\nb",
    "a\rb",
    "\t",
    " ",
    "",
    "-",
    "--",
    "-oProxyCommand=id",
    "..",
    "../..",
    "/etc",
    "~",
    "*",
    "+",
    "+/#",
    "$SYS",
  ],
  ...["999.999.999.999", "1.2.3", "1.2.3.256", "0x7f", "a.0x1", "xn--a", "xn--a.example", "localhost", "127.0.0.1"],
  ...["https://999.1", "https://xn--a.example", "https://[::1]", "https://a:1/b", "https://u:p@a", "1.2.3.4:9093"],
  ...["0s", "999999d", "1s", "0", "1e9", "null", "true", "no", "__proto__", "constructor", "toString", "europe/MADRID"],
  ...["a".repeat(63), "a".repeat(300), "a.".repeat(120) + "a", "é", "\u{1f600}", "Etc/GMT+14", "GMT"],
  ...[0, -1, 1, 65_536, 1e15, 0.5],
];

/** Places of every kind of field, for messages. */
const nameOf = ({ file, steps, key }: Place) => `${key ? "key " : ""}${file} ${steps.join(".")}`;

describe("a fleet that is accepted can be planned", () => {
  const accepts = (files: readonly FleetFile[]): boolean => {
    const { fleet } = assembleFleet(files, builtInKnowledge);
    if (fleet !== undefined) planAll(fleet);
    return fleet !== undefined;
  };
  /** What a rollout's file says makes no part of a site, only waves. */
  const plansWaves = (files: readonly FleetFile[]): void => {
    const { fleet } = assembleFleet(files, builtInKnowledge);
    for (const rollout of fleet?.rollouts ?? []) planWaves(fleet?.sites ?? [], rollout);
  };

  for (const profile of ["micro", "mini", "standard", "ha-edge"] as const) {
    it(`as it is, on ${profile}`, () => {
      const files = documentsOf(profile).map(({ path, value }) => ({ path, text: stringify(value) }));
      expect(accepts(files)).to.equal(true);
    });
  }

  it("with any of these texts in any place", () => {
    const refusedAll: string[] = [];
    // One component stands for all.
    const places = placesOf("micro").filter(
      ({ steps }) => steps.length > 1 && (steps[1] !== "components" || steps[2] === "flux"),
    );
    for (const [at, place] of places.entries()) {
      const ofRollout = place.file.startsWith("rollouts/");
      for (const [index, text] of hostile.entries()) {
        // Rollouts have as many places as all the rest: each gets a part of the texts, all of them together every one.
        if (ofRollout && (at + index) % 4 > 0) continue;
        try {
          const files = exchanged("micro", place, text);
          if (ofRollout) plansWaves(files);
          else accepts(files);
        } catch (error) {
          refusedAll.push(`${nameOf(place)} = ${JSON.stringify(text)}: ${String(error)}`);
        }
      }
    }
    expect(refusedAll).to.deep.equal([]);
  }).timeout(120_000);

  it("with any text in any place, beside or instead of what was there", () => {
    const profile = fc.constantFrom<ProfileName>("micro", "mini", "standard");
    const unit = fc.constantFrom(..."{}%#$`'\"\\;:/.+*-_ aA0\u007f\u0085\u200e\u2028\u202e\u2066\ufeff\n");
    const some = fc.oneof(fc.string({ unit, maxLength: 8 }), fc.string({ unit: "binary", maxLength: 8 }));
    const change = profile.chain((name) =>
      fc.record({
        profile: fc.constant(name),
        place: fc.constantFrom(...placesOf(name)),
        some,
        where: fc.constantFrom("instead", "before", "after"),
      }),
    );
    fc.assert(
      fc.property(change, ({ profile, place, some, where }) => {
        const text = where === "instead" ? some : where === "before" ? some + place.value : place.value + some;
        accepts(exchanged(profile, place, text));
      }),
      { numRuns: 400 },
    );
  }).timeout(120_000);

  it("with a reason for being offline that Ansible would run if it saw it", () => {
    for (const reason of ["{{ cable }} cut", "{% storm %}", "{# no link #}", "mast ${down}", "\u{1f600} grúa"]) {
      const place = placesOf("micro").find(({ steps }) => steps.at(-1) === "reason")!;
      expect(accepts(exchanged("micro", place, reason)), reason).to.equal(true);
    }
  });
});

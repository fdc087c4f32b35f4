import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stages, steps, type Kept, UpgradeStory } from "./upgradeStory";

const nameOf = ({ inputs }: Kept): string => inputs.metadata?.name ?? "";

for (const [older, newer] of steps) {
  describe(`Flux ${older} that becomes ${newer}`, function () {
    this.timeout(120_000);
    let folder: string;
    let old: readonly Kept[];
    let now: readonly Kept[];
    let changes: Readonly<Record<string, number>>;
    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), "edgewave-flux-upgrade-"));
      const story = new UpgradeStory(folder, "render", older, newer);
      await story.up("older");
      old = story.flux();
      changes = await story.up("newer");
      now = story.flux();
    });
    after(async () => {
      if (folder !== undefined) await rm(folder, { recursive: true });
    });
    const of = (stage: keyof typeof stages) => now.filter(stages[stage]);

    for (const [stage, needs] of [
      ["controller", "definition"],
      ["what they reconcile", "definition"],
      ["what they reconcile", "controller"],
    ] as const) {
      it(`has each ${stage} wait for each ${needs}`, () => {
        expect(of(stage)).not.to.have.length(0);
        const needed = of(needs).map(({ urn }) => urn);
        expect(needed).not.to.have.length(0);
        for (const { urn, dependencies = [] } of of(stage)) expect(dependencies, urn).to.include.members(needed);
      });
    }

    it("replaces and deletes nothing", () => {
      expect(
        Object.keys(changes).filter((operation) => !["same", "update", "create"].includes(operation)),
      ).to.deep.equal([]);
      expect(changes["update"]).to.be.greaterThan(0);
      expect(now.map(({ urn }) => urn)).to.include.members(old.map(({ urn }) => urn));
    });

    it("brings another image to each controller, and nothing else", () => {
      const pods = (kept: readonly Kept[]) =>
        new Map(
          kept.filter(stages.controller).map((each) => {
            const { template, ...rest } = each.inputs.spec as { template: Pod };
            const [{ image, ...container }] = template.spec.containers;
            const others = JSON.stringify([rest, { ...template.spec, containers: [container] }]);
            return [nameOf(each), { image, others }];
          }),
        );
      const was = pods(old);
      expect([...pods(now).keys()]).to.have.members([...was.keys()]);
      for (const [name, { image, others }] of pods(now)) {
        expect(image, name).not.to.equal(was.get(name)?.image);
        expect(others, name).to.equal(was.get(name)?.others);
      }
    });

    it("keeps serving and storing each kind in the version in which it is stored", () => {
      type Versions = readonly { readonly name: string; readonly served: boolean; readonly storage: boolean }[];
      const versions = (kept: readonly Kept[]) =>
        new Map(
          kept.filter(stages.definition).map((each) => [nameOf(each), each.inputs.spec?.["versions"] as Versions]),
        );
      const served = versions(now);
      for (const [name, was] of versions(old)) {
        const stored = was.find(({ storage }) => storage)?.name;
        expect(
          served.get(name)?.find((version) => version.name === stored),
          name,
        ).to.include({ served: true });
      }
    });

    it("lets the sources go on following the same branches, and suspends none", () => {
      const followed = (kept: readonly Kept[]) =>
        kept
          .filter(({ inputs }) => inputs.kind === "GitRepository" || inputs.kind === "Kustomization")
          .map(({ inputs: { kind, metadata, spec } }) => {
            const { verify: _, ...rest } = spec ?? {};
            return [`${kind}/${metadata?.name}`, rest] as const;
          })
          .sort(([a], [b]) => (a < b ? -1 : 1));
      expect(followed(now)).to.have.length(4).and.to.deep.equal(followed(old));
      for (const [, spec] of followed(now)) expect(spec).not.to.have.property("suspend");
    });
  });
}

interface Pod {
  readonly spec: { readonly containers: readonly [{ readonly image: string }] };
}

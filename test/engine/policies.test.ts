import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { failureOf } from "./support/failure";
import { Thing } from "./support/things";
import { World } from "./support/testProvider";
import { Bench } from "./support/workspace";

const PACK = join(__dirname, "support/policypack");

describe("a policy pack", function () {
  this.timeout(90_000);

  const through = (
    program: () => void,
    work: (up: () => Promise<EngineEvent[]>, bench: Bench, world: World) => Promise<void>,
    settings?: unknown,
  ) => {
    const world = new World();
    return Bench.with([world], async (bench) => {
      const stack = await bench.stack(async () => program());
      const file = join(bench.folder, "policies.json");
      await writeFile(file, JSON.stringify(settings ?? {}));
      const up = async () => {
        const events: EngineEvent[] = [];
        const options = { policyPacks: [PACK], policyPackConfigs: settings === undefined ? [] : [file] };
        await stack.up({ ...options, onEvent: (event) => events.push(event) });
        return events;
      };
      await work(up, bench, world);
    });
  };

  it("advises, corrects, and tells both by events", async () => {
    const program = () => void new Thing("longer", { value: pulumi.secret(1) });
    await through(program, async (up, bench) => {
      const events = await up();
      const violations = events.flatMap(({ policyEvent }) => policyEvent ?? []);
      expect(violations.map(({ policyName, enforcementLevel }) => [policyName, enforcementLevel])).to.deep.equal([
        ["named-well", "advisory"],
      ]);
      expect(JSON.stringify(events)).to.include('"policyRemediationEvent"');
      const inputs = (await bench.resource("longer")).inputs;
      expect(inputs?.["kind"]).to.equal("plain");
      expect(JSON.stringify(inputs)).to.include("ciphertext");
    });
  });

  it("stops what violates a mandatory policy, and says which and where", async () => {
    await through(
      () => void new Thing("big", { value: 11 }),
      async (up, _, world) => {
        const error = await failureOf(up());
        expect(error.message).to.include("[mandatory]  value-limit").and.include("big has 11");
        expect(world.log).to.deep.equal([]);
      },
    );
  });

  it("judges the stack as a whole", async () => {
    const program = () => ["a", "b", "c"].forEach((name) => new Thing(name, { kind: "x" }));
    await through(program, async (up) => {
      expect((await failureOf(up())).message).to.include("there are 3");
    });
  });

  it("takes its levels and settings from a file", async () => {
    const settings = { all: "disabled", "value-limit": { enforcementLevel: "mandatory", limit: 20 } };
    await through(
      () => void new Thing("longer", { value: 11 }),
      async (up, bench) => {
        expect((await up()).filter(({ policyEvent }) => policyEvent)).to.deep.equal([]);
        expect((await bench.resource("longer")).inputs).to.deep.equal({ value: 11 });
      },
      settings,
    );
  });

  it("names every violation in a preview, and fails it", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(async () => {
        new Thing("a", { value: 11 });
        new Thing("b", { value: 12 });
      });
      const { message } = await failureOf(stack.preview({ policyPacks: [PACK] }));
      expect(message).to.include("a has 11").and.include("b has 12");
    });
  });

  it("that is not there, or of another runtime, is told by its folder", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(async () => undefined);
      const pack = join(bench.folder, "pack");
      expect((await failureOf(stack.up({ policyPacks: [pack] }))).message).to.include("PulumiPolicy.yaml");
      await writeFile(join(bench.folder, "PulumiPolicy.yaml"), "runtime: python\n");
      const { message } = await failureOf(stack.up({ policyPacks: [bench.folder] }));
      expect(message).to.include("policy packs with the runtime 'python'");
    });
  });
});

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import * as random from "@pulumi/random";
import { expect } from "chai";

import { failureOf } from "../support/failure";
import type { Engine } from "./engines";
import { onEachEngine, Place } from "./engines";
import { note } from "./programs";

const PACK = join(__dirname, "policypack");

/** An event that the engines tell, and the SDK's types do not know. */
interface Remediation {
  readonly policyName: string;
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
}

/** An update, or a preview, under the pack with these settings; what it tells and leaves. */
class Judged {
  readonly events: EngineEvent[] = [];

  private constructor(readonly place: Place) {}

  static async with(
    engine: Engine,
    program: (place: Place) => unknown,
    work: (run: (verb: "up" | "preview") => Promise<unknown>, judged: Judged, stack: Stack) => Promise<void>,
    settings?: unknown,
  ): Promise<void> {
    await Place.with(async (place) => {
      const judged = new Judged(place);
      const file = join(place.folder, "policies.json");
      await writeFile(file, JSON.stringify(settings ?? {}));
      const stack = await place.stack(engine, async () => void program(place));
      const options = {
        policyPacks: [PACK],
        policyPackConfigs: settings === undefined ? [] : [file],
        onEvent: (event: EngineEvent) => void judged.events.push(event),
      };
      await work((verb) => stack[verb](options), judged, stack);
    });
  }

  /** `LEVEL POLICY RESOURCE: MESSAGE` of each violation, sorted. */
  get violations(): readonly string[] {
    return this.events
      .flatMap(({ policyEvent }) => policyEvent ?? [])
      .map(({ enforcementLevel, policyName, resourceUrn = "", message }) => {
        const lines = message
          .replace(/<\{%.*?%\}>/g, "")
          .trim()
          .split("\n");
        return `${enforcementLevel} ${policyName} ${resourceUrn.split("::").at(-1)}: ${lines.at(-1)?.trim()}`;
      })
      .sort();
  }
}

onEachEngine("a policy pack", (engine) => {
  it("advises, and goes on", async () => {
    const program = () => void new random.RandomPet("longish", { prefix: "p" });
    await Judged.with(engine, program, async (run, judged) => {
      await run("up");
      expect(judged.violations).to.deep.equal(["advisory short-names longish: longish is long"]);
      expect(await judged.place.names()).to.deep.equal(["longish"]);
      const pack = judged.events.find(({ policyEvent }) => policyEvent)?.policyEvent;
      expect(pack).to.include({ policyPackName: "contract-policies", policyPackVersion: "1.0.0" });
    });
  });

  it("stops what violates a mandatory policy, before it is made, and says which, where and why", async () => {
    const program = () => void new random.RandomPet("big", { length: 4, prefix: "p" });
    await Judged.with(engine, program, async (run, judged) => {
      const { message } = await failureOf(run("up"));
      expect(message).to.include("[mandatory]  length-limit").and.include("big has 4 words");
      expect(judged.violations).to.deep.equal(["mandatory length-limit big: big has 4 words"]);
      expect(await judged.place.names()).to.deep.equal([]);
    });
  });

  it("names every violation in a preview, and fails it", async () => {
    const program = () => ["one", "two"].forEach((name) => new random.RandomPet(name, { length: 5, prefix: "p" }));
    await Judged.with(engine, program, async (run, judged) => {
      await failureOf(run("preview"));
      expect(judged.violations).to.deep.equal([
        "mandatory length-limit one: one has 5 words",
        "mandatory length-limit two: two has 5 words",
      ]);
    });
  });

  it("corrects, tells what it has corrected, and finds nothing to correct in what it has", async () => {
    const program = () => void new random.RandomPet("pet", { keepers: { a: "1" } });
    await Judged.with(engine, program, async (run, judged) => {
      await run("up");
      const told = (judged.events as { policyRemediationEvent?: Remediation }[]).flatMap(
        ({ policyRemediationEvent }) => policyRemediationEvent ?? [],
      );
      expect(told.map(({ policyName }) => policyName)).to.deep.equal(["prefix-given"]);
      expect(told[0]?.before).to.not.have.property("prefix");
      expect(told[0]?.after).to.have.property("prefix", "edge");
      const { inputs, outputs } = await judged.place.resource("pet");
      expect(inputs).to.have.property("prefix", "edge");
      expect(outputs?.["id"]).to.match(/^edge-/);
      judged.events.length = 0;
      await run("up");
      const summary = judged.events.find(({ summaryEvent }) => summaryEvent)?.summaryEvent;
      expect(summary?.resourceChanges).to.deep.equal({ same: 2 });
    });
  });

  it("judges the stack as a whole, when it is made", async () => {
    const program = () => ["a", "b", "c"].forEach((name) => new random.RandomPet(name, { prefix: "p" }));
    await Judged.with(engine, program, async (run, judged) => {
      expect((await failureOf(run("up"))).message)
        .to.include("not-many")
        .and.include("there are 3");
      expect(await judged.place.names()).to.have.members(["a", "b", "c"]);
    });
  });

  it("sees outputs, parents and options of a stack's resources", async () => {
    const program = () => {
      const part = new pulumi.ComponentResource("contract:index:Part", "part");
      new random.RandomPassword("word", { length: 9 }, { parent: part });
    };
    await Judged.with(engine, program, async (run, judged) => {
      await run("up");
      expect(judged.violations).to.deep.equal(["advisory made-well word: word has 9 characters, a parent"]);
    });
  });

  it("takes levels and settings from a file", async () => {
    const program = (place: Place) => {
      new random.RandomPet("longish", { length: 6 });
      note(place, "command");
    };
    const settings = {
      all: "disabled",
      "length-limit": { enforcementLevel: "advisory", limit: 5 },
      "no-commands": "advisory",
    };
    await Judged.with(
      engine,
      program,
      async (run, judged) => {
        await run("up");
        expect(judged.violations).to.deep.equal([
          "advisory length-limit longish: longish has 6 words",
          "advisory no-commands command: command is a command",
        ]);
        expect((await judged.place.resource("longish")).inputs).to.not.have.property("prefix");
      },
      settings,
    );
  });

  it("knows the stack that it judges, and its configuration", async () => {
    const program = () => void new random.RandomPet("pet", { prefix: "p" });
    await Judged.with(
      engine,
      program,
      async (run, judged, stack) => {
        await stack.setConfig("plain", { value: "one" });
        await stack.setConfig("token", { value: "hush", secret: true });
        await run("preview");
        // The pack has got the secret, which is masked wherever it is told.
        expect(judged.violations).to.deep.equal(["advisory known-stack pet: contract dev true one [secret]"]);
      },
      { "known-stack": "advisory" },
    );
  });

  it("may be made stricter by the file: what only advised then stops", async () => {
    const program = () => void new random.RandomPet("longish", { prefix: "p" });
    await Judged.with(
      engine,
      program,
      async (run, judged) => {
        await failureOf(run("up"));
        expect(judged.violations).to.deep.equal(["mandatory short-names longish: longish is long"]);
      },
      { "short-names": "mandatory" },
    );
  });

  it("judges what is there already, and lets it be deleted", async () => {
    await Place.with(async (place) => {
      const program = async () => void new random.RandomPet("big", { length: 4, prefix: "p" });
      const stack = await place.stack(engine, program);
      await stack.up();
      expect((await failureOf(stack.up({ policyPacks: [PACK] }))).message).to.include("big has 4 words");
      await (await place.stack(engine, async () => undefined)).up({ policyPacks: [PACK] });
      expect(await place.names()).to.deep.equal([]);
    });
  });

  it("that is not there, or lacks its file, is told by its folder", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => undefined);
      const pack = join(place.folder, "pack");
      expect((await failureOf(stack.up({ policyPacks: [pack] }))).message).to.include(pack);
      await mkdir(pack);
      expect((await failureOf(stack.up({ policyPacks: [pack] }))).message).to.include("PulumiPolicy.yaml");
    });
  });
});

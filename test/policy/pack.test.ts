import { copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import * as tls from "@pulumi/tls";
import { expect } from "chai";
import { readFleet } from "../../fleet/read";
import { rules } from "../../policy/rules";
import { siteProgram } from "../../stacks/program";
import type { Engine } from "../engine/contract/engines";
import { EMBEDDED, onEachEngine, Place } from "../engine/contract/engines";
import { failureOf } from "../engine/support/failure";
import { repository } from "../support/edgewave";

const pack = path.join(repository, "policy");
const fleetFolder = path.join(repository, "examples", "harbours");
const signer = `ssh-ed25519 ${Buffer.alloc(51, 1).toString("base64")} test`;

/** A preview or update of a stack under the pack; what the pack said of it. */
class Judged {
  readonly events: EngineEvent[] = [];

  static async with(
    engine: Engine,
    {
      stack: name = "vigo",
      fleet = fleetFolder,
      settings = {},
      program,
    }: {
      readonly stack?: string;
      readonly fleet?: string | undefined;
      readonly settings?: unknown;
      readonly program: (folder: string) => unknown;
    },
    work: (run: (verb: "up" | "preview") => Promise<unknown>, judged: Judged, place: Place) => Promise<void>,
  ): Promise<void> {
    await Place.with(async (place) => {
      const judged = new Judged();
      const file = path.join(place.folder, "policies.json");
      await writeFile(file, JSON.stringify(settings));
      const stack = await place.stack(engine, async () => program(place.folder) as Record<string, unknown>, name);
      if (fleet !== "") await stack.setConfig("edgewave:fleet", { value: fleet });
      await stack.setConfig("edgewave:out", { value: path.join(place.folder, "out") });
      await stack.setConfig("edgewave:day", { value: "2026-11-28" });
      const options = {
        policyPacks: [pack],
        policyPackConfigs: [file],
        onEvent: (event: EngineEvent) => void judged.events.push(event),
      };
      await work((verb) => stack[verb](options), judged, place);
    });
  }

  /** `LEVEL RULE` of each violation, and the whole texts. */
  get violations(): readonly { readonly what: string; readonly text: string }[] {
    return this.events
      .flatMap(({ policyEvent }) => policyEvent ?? [])
      .map(({ enforcementLevel, policyName, message }) => ({
        what: `${enforcementLevel} ${policyName}`,
        text: message,
      }));
  }

  of(rule: string): string {
    return this.violations
      .filter(({ what }) => what.endsWith(` ${rule}`))
      .map(({ text }) => text)
      .join("\n");
  }
}

const weak = () => void new tls.PrivateKey("weak", { algorithm: "RSA", rsaBits: 2048 });

onEachEngine("the policy pack", (engine) => {
  it("stops what a rule forbids, and says resource, field, value and limit", async () => {
    await Judged.with(engine, { program: weak }, async (run, judged) => {
      const { message } = await failureOf(run("preview"));
      expect(message).to.include("key-strength");
      expect(judged.of("key-strength")).to.include("PrivateKey weak: rsaBits is 2048 bits; RSA has at least 3072 bits");
      expect(judged.of("site-known")).to.equal("");
    });
  });

  it("takes levels and exemptions from a run's own configuration", async () => {
    const exemption = { sites: ["vigo"], reason: "an old device", owner: "port team", until: "2999-12-31" };
    const settings = { "key-strength": { exemptions: [exemption] } };
    await Judged.with(engine, { program: weak, settings }, async (run, judged) => {
      await run("preview");
      expect(judged.of("key-strength")).to.equal("");
    });
    await Judged.with(engine, { program: weak, settings: { "key-strength": "advisory" } }, async (run, judged) => {
      await run("preview");
      expect(judged.violations.map(({ what }) => what)).to.include("advisory key-strength");
    });
  });

  it("holds a site to the rule again the day after its exemption has ended, and says which that was", async () => {
    const exemption = { reason: "an old device", owner: "port team", until: "2026-01-31" };
    const settings = { "key-strength": { exemptions: [exemption] } };
    await Judged.with(engine, { program: weak, settings }, async (run, judged) => {
      await failureOf(run("preview"));
      expect(judged.of("key-strength")).to.include("(an old device; port team) ended on 2026-01-31");
    });
  });

  it("says that it did not ask the rules about sites where it cannot find the site", async () => {
    await Judged.with(engine, { program: () => undefined, fleet: "" }, async (run, judged) => {
      await failureOf(run("preview"));
      expect(judged.of("site-known")).to.include("the stack's configuration has no edgewave:fleet");
    });
    await Judged.with(engine, { program: () => undefined, stack: "nowhere" }, async (run, judged) => {
      await failureOf(run("preview"));
      expect(judged.of("site-known")).to.include("the fleet harbours has no site nowhere");
    });
  });
});

/** A site of the example fleet. */
const site = async (name: string) => {
  const { fleet } = await readFleet(fleetFolder);
  const found = fleet!.sites.find((one) => one.name === name)!;
  return (folder: string) =>
    siteProgram({
      site: found,
      release: fleet!.releases[0]!,
      fleet: fleet!,
      signers: [signer],
      outputDirectory: `${folder}/out`,
    })();
};

onEachEngine("the policy pack on a site that is there", (engine) => {
  it("stops nothing if it stays as it is", async () => {
    await Judged.with(engine, { stack: "vigo", program: await site("vigo") }, async (run, judged, place) => {
      await run("up");
      // Where the pack looks for what is deployed.
      const deployed = path.join(place.folder, "out/state/.pulumi/stacks/edgewave/vigo.json");
      await mkdir(path.dirname(deployed), { recursive: true });
      await copyFile(place.statePath("vigo"), deployed);
      judged.events.length = 0;
      await run("preview");
      const said = new Set(judged.violations.map(({ what }) => what));
      expect([...said].filter((what) => !what.startsWith("advisory"))).to.deep.equal([]);
      expect([...said]).to.include("advisory image-by-digest-advice");
    });
  });
});

describe("the policy pack on whole sites", function () {
  this.timeout(180_000);

  for (const stack of ["vigo", "rotterdam"]) {
    it(`stops nothing of the example's site ${stack}, and advises to lock its release`, async () => {
      await Judged.with(EMBEDDED, { stack, program: await site(stack) }, async (run, judged) => {
        await run("preview");
        const said = new Set(judged.violations.map(({ what }) => what));
        expect([...said].filter((what) => !what.startsWith("advisory"))).to.deep.equal([]);
        expect([...said]).to.include("advisory image-by-digest-advice");
        // Charts come by Git alone.
        expect([...said]).to.include("advisory flux-source-verified-advice");
      });
    });
  }

  it("judges Kubernetes objects beside those of the site", async () => {
    const whole = await site("vigo");
    const program = (folder: string) => {
      const provider = new k8s.Provider("own", { renderYamlToDirectory: `${folder}/own` });
      const pod = {
        containers: [{ name: "main", image: "docker.io/library/httpd:latest", securityContext: { privileged: true } }],
      };
      new k8s.core.v1.Pod("extra", { metadata: { name: "extra", namespace: "extra" }, spec: pod }, { provider });
      return whole(folder);
    };
    await Judged.with(EMBEDDED, { program }, async (run, judged) => {
      await failureOf(run("preview"));
      const rulesBroken = judged.violations
        .filter(({ what }) => what.startsWith("mandatory"))
        .map(({ what }) => what.split(" ")[1]);
      expect(rulesBroken).to.include.members([
        "image-not-latest",
        "image-in-catalog",
        "container-resources",
        "no-privileged",
        "network-policies",
        "service-account-token",
        "object-labels",
      ]);
      expect(judged.of("no-privileged")).to.include(
        "Pod extra/extra: spec.containers[0].securityContext.privileged is true",
      );
    });
  });

  it("corrects labels only where it is told to", async () => {
    const program = (folder: string) => {
      const provider = new k8s.Provider("own", { renderYamlToDirectory: `${folder}/own` });
      new k8s.core.v1.ConfigMap("bare", { metadata: { name: "bare", namespace: "extra" } }, { provider });
    };
    const others = Object.fromEntries(rules.map(({ name }) => [name, "disabled"]));
    await Judged.with(
      EMBEDDED,
      { program, settings: { ...others, "object-labels": "remediate" } },
      async (run, _, place) => {
        await run("up");
        const { inputs } = await place.resource("bare", "vigo");
        expect(JSON.stringify(inputs)).to.include('"app.kubernetes.io/managed-by":"edgewave"');
      },
    );
    await Judged.with(
      EMBEDDED,
      { program, settings: { ...others, "object-labels": "advisory" } },
      async (run, judged, place) => {
        await run("up");
        expect(judged.of("object-labels")).to.include("metadata.labels is missing");
        expect(JSON.stringify((await place.resource("bare", "vigo")).inputs)).to.not.include("managed-by");
      },
    );
  });
});

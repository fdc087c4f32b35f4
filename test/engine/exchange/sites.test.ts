import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { ProfileName } from "../../../fleet/model";
import { siteProgram } from "../../../stacks/program";
import { filesUnder } from "../../support/rollout";
import type { Engine } from "../contract/engines";
import { EMBEDDED, official, Place } from "../contract/engines";
import { describeExchange } from "./exchange";
import { PROFILES, siteOf } from "./sites";

/** Every rendered file with what is in it. */
async function rendered(place: Place): Promise<Record<string, string>> {
  const folder = join(place.folder, "sites");
  const files = filesUnder(folder).map(async (file) => [file, await readFile(join(folder, file), "utf8")] as const);
  return Object.fromEntries(await Promise.all(files));
}

/** An update, and which kinds of steps it took. */
async function stepsOf(stack: Stack): Promise<readonly string[]> {
  const ops = new Set<string>();
  await stack.up({ onEvent: ({ resourcePreEvent }: EngineEvent) => ops.add(resourcePreEvent?.metadata.op ?? "same") });
  return [...ops];
}

/** Up with one engine; no changes, an update, the way back and destroy with the other. */
async function exchange(profile: ProfileName, first: Engine, second: Engine): Promise<void> {
  await Place.with(async (place) => {
    const args = await siteOf(profile, join(place.folder, "sites"));
    const { name } = args(1).site;
    const using = (engine: Engine, step: 1 | 2) => place.stack(engine, siteProgram(args(step)), name);

    const made = await (await using(first, 1)).up();
    const files = await rendered(place);
    expect(Object.keys(files)).to.have.length.above(40);

    const same = await using(second, 1);
    await same.preview({ expectNoChanges: true });
    expect(await same.outputs()).to.deep.equal(made.outputs);
    await same.up({ expectNoChanges: true });
    expect(await rendered(place)).to.deep.equal(files);

    const there = await stepsOf(await using(second, 2));
    await (await using(first, 2)).preview({ expectNoChanges: true });
    expect(await rendered(place)).to.not.deep.equal(files);

    const back = await stepsOf(await using(first, 1));
    expect([...there, ...back]).to.include.members(["create", "update", "create-replacement", "delete"]);
    await (await using(second, 1)).preview({ expectNoChanges: true });
    expect(Object.keys(await rendered(place))).to.deep.equal(Object.keys(files));
    await (await using(second, 1)).destroy();
    expect(await place.resources(name)).to.deep.equal([]);
    expect(Object.keys(await rendered(place))).to.deep.equal([]);
  });
}

describeExchange("the exchange of engines over a site", () => {
  for (const profile of PROFILES) {
    it(`${profile}: up embedded, then official`, () => exchange(profile, EMBEDDED, official()));
    it(`${profile}: up official, then embedded`, () => exchange(profile, official(), EMBEDDED));
  }
});

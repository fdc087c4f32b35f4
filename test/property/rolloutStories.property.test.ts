import { expect } from "chai";
import fc from "fast-check";

import type { RecordedEvent } from "../../rollout/events";
import { applyEvent, foldEvents } from "../../rollout/fold";
import { answerRequest } from "../../rollout/requests";
import {
  expectAnswers,
  expectCapsHeld,
  expectDecidable,
  expectHonestCounts,
  expectStartAllowed,
  expectWaveAllowed,
} from "../rollout/support/rules";
import { outcomesOf } from "../rollout/drive";
import { statesOf, type Story, tell, Telling } from "../rollout/support/story";
import { anyRequest, stories } from "./rolloutStories";

function expectRules(events: readonly RecordedEvent[], names: readonly string[]): void {
  const states = statesOf(events, applyEvent);
  states.forEach((after, index) => {
    expectHonestCounts(after);
    expectCapsHeld(after);
    expectDecidable(after);
    expectAnswers(after, names);
    const [before, event] = [states[index - 1], events[index]];
    if (before === undefined || event === undefined) return;
    expectStartAllowed(before, event);
    expectWaveAllowed(before, event);
  });
}

describe("a rollout with everything that a rollout may have, whatever its sites do and whoever asks", function () {
  this.timeout(300_000);

  it("reaches an end in which every site has an outcome, and holds every rule on the way", async () => {
    await fc.assert(
      fc.asyncProperty(stories, async (story) => {
        const { state, events } = await tell(story);
        expect(state.finished).not.to.equal(undefined);
        expect(state.running).to.equal(0);
        const names = [...story.sites.map(({ name }) => name), ...state.plan.waves.map(({ name }) => name)];
        expectRules(events, names);
        for (const site of state.sites.values()) expect(site.outcome).not.to.equal(undefined);
      }),
      { numRuns: 100 },
    );
  });

  it("does so too when its driver is killed after any event, and stopped after any other", async () => {
    await fc.assert(
      fc.asyncProperty(stories, fc.nat(), fc.nat(60), async (story, at, later) => {
        const whole = await tell({ ...story, askedLater: [] });
        const prefix = whole.events.slice(0, 1 + (at % whole.events.length));
        const names = story.sites.map(({ name }) => name);
        if (foldEvents(prefix).finished !== undefined) return;
        const telling = new Telling(story, prefix);
        const stop = new AbortController();
        let state = await telling.run({
          signal: stop.signal,
          onEvent: ({ sequence }) => sequence > prefix.length + later && stop.abort(),
        });
        if (state.finished === undefined) state = await telling.run();
        expect(state.run).to.equal(whole.state.run);
        expect(state.finished).not.to.equal(undefined);
        expectRules(telling.ledger.recorded, names);
      }),
      { numRuns: 60 },
    );
  });

  it("ends with the same outcomes when its driver was killed, where they do not depend on how long things take", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(stories.map(oneByOne), stories.map(unlimited)), fc.nat(), async (story, at) => {
        const whole = await tell(story);
        const prefix = whole.events.slice(0, 1 + (at % whole.events.length));
        if (foldEvents(prefix).finished !== undefined) return;
        const again = await tell(story, prefix);
        expect(outcomesOf(again.state)).to.deep.equal(outcomesOf(whole.state));
        expect(again.state.finished?.result).to.equal(whole.state.finished?.result);
      }),
      { numRuns: 100 },
    );
  });

  it("has an answer for each request at each moment, and what it answers can happen", async () => {
    await fc.assert(
      fc.asyncProperty(stories, fc.array(anyRequest, { minLength: 5, maxLength: 5 }), async (story, requests) => {
        const { events } = await tell(story);
        for (const state of statesOf(events, applyEvent)) {
          for (const request of requests) {
            const answer = answerRequest(state, request, state.at);
            if ("refused" in answer) {
              expect(answer.refused).to.match(/\S/);
              continue;
            }
            let next = state;
            for (const event of answer.events) {
              next = applyEvent(next, { run: state.run, sequence: next.sequence + 1, at: state.at, version: 2, event });
            }
            expectHonestCounts(next);
            expectDecidable(next);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

const untimed = (story: Story): Story => ({
  ...story,
  asked: [],
  askedLater: [],
  rollout: {
    ...story.rollout,
    deadlineSeconds: undefined,
    waves: story.rollout.waves.map((wave) => ({ ...wave, deadlineSeconds: undefined })),
  },
});

/** With one site at a time, that nothing but its turn holds, budgets are spent in one order. */
function oneByOne(story: Story): Story {
  const { rollout, ...rest } = untimed(story);
  return {
    ...rest,
    sites: story.sites.map((site) => ({ ...site, maintenance: { windows: [], exceptions: [] } })),
    rollout: { ...rollout, maxConcurrency: 1, preStage: false, retry: { ...rollout.retry, limit: 0 } },
  };
}

/** Without budgets the order does not matter. */
function unlimited(story: Story): Story {
  const { rollout, ...rest } = untimed(story);
  const none = { maxFailures: undefined, maxDeferred: undefined };
  return {
    ...rest,
    rollout: {
      ...rollout,
      maxFailures: { percent: 100 },
      maxDeferred: undefined,
      failureDomain: rollout.failureDomain && { ...rollout.failureDomain, ...none },
      waves: rollout.waves.map((wave) => ({ ...wave, ...none })),
    },
  };
}

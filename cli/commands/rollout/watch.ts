import { setTimeout as delay } from "node:timers/promises";
import type { RecordedEvent } from "../../../rollout/events";
import { applyEvent } from "../../../rollout/fold";
import type { RolloutState } from "../../../rollout/state";
import { exitCode } from "../../exitCodes";
import { listenForInterrupts } from "../../interrupt";
import { colorsOf, print, type Io } from "../../io";
import { withLedger, type LedgerOptions } from "../../options";
import { formatOverview } from "../../printing/overview";
import { rolloutProgress, type RolloutProgress } from "../../printing/progress";
import type { AddCommand } from "../../program";
import { codeOf } from "../../rollout/driveToTheEnd";
import { driverOf, driverText, withLastRunOf } from "../../rollout/ledgerFile";

/** How often the ledger is looked at, in milliseconds. */
const lookEvery = 500;

export const addWatch: AddCommand = (rollout, io, done) => {
  const command = rollout
    .command("watch")
    .description("show what happens in a rollout until it ends; with --json each event is a line");
  withLedger(command).action(async (options: LedgerOptions) => {
    const interrupts = listenForInterrupts(io);
    try {
      await withLastRunOf(io, options, async ({ ledger, state }) => {
        const show = options.json ? lines(io) : overview(io, state);
        let current = state;
        // What comes in while they are read is told by the loop below, and once.
        const before = options.json ? await ledger.events(state.run) : [];
        for (const event of before) if (event.sequence <= state.sequence) show.event(event, undefined);
        if (!options.json) {
          const driver = driverText(await driverOf(ledger, state.rollout));
          print(io, `${formatOverview(state, driver, Date.now(), colorsOf(io))}\n`);
        }
        // A run that has ended, or was interrupted, may be taken up again while somebody watches; that is another watch.
        while (current.finished === undefined && current.interrupted === undefined && !interrupts.stop.aborted) {
          await delay(lookEvery, undefined, { signal: interrupts.stop }).catch(() => undefined);
          for (const event of await ledger.events(state.run, current.sequence)) {
            current = applyEvent(current, event);
            show.event(event, current);
          }
        }
        show.end(current);
        done(interrupts.stop.aborted ? exitCode.interrupted : codeOf(current));
      });
    } finally {
      interrupts.dispose();
    }
  });
};

interface Show {
  event(recorded: RecordedEvent, state: RolloutState | undefined): void;
  end(state: RolloutState): void;
}

/** JSON lines: the event with its place in the run. */
function lines(io: Io): Show {
  return {
    event: ({ run, sequence, at, event }) =>
      print(io, JSON.stringify({ run, sequence, at: new Date(at).toISOString(), ...event })),
    end: () => undefined,
  };
}

function overview(io: Io, state: RolloutState): Show {
  const progress: RolloutProgress = rolloutProgress(io);
  if (state.finished === undefined) progress.show(state);
  return {
    event: (recorded, now) => now && progress.onEvent(recorded, now),
    end: (now) => {
      progress.close();
      if (state.finished === undefined) print(io, `\n${formatOverview(now, undefined, Date.now(), colorsOf(io))}`);
    },
  };
}

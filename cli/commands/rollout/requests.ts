import type { RemoteRequest } from "../../../rollout/requestForm";
import { exitCode } from "../../exitCodes";
import { colorsOf, print } from "../../io";
import { withLedger, type LedgerOptions } from "../../options";
import type { AddCommand } from "../../program";
import { askAndTell } from "../../rollout/askAndTell";
import { withLastRunOf } from "../../rollout/ledgerFile";
import { whoAsks } from "../../rollout/request";

interface RequestOptions extends LedgerOptions {
  readonly reason?: string;
}

interface Verb {
  readonly description: string;
  readonly takesReason: boolean;
  readonly done: string;
  readonly withoutDriver: string;
}

/** What can be asked of any rollout in one word. */
const verbs: Readonly<Record<"pause" | "resume" | "abort", Verb>> = {
  pause: {
    description: "start nothing more; sites in flight end",
    takesReason: true,
    done: "paused; edgewave rollout resume goes on",
    withoutDriver: "no driver is at work; the next one starts nothing until edgewave rollout resume",
  },
  resume: {
    description: "go on after a pause",
    takesReason: false,
    done: "goes on",
    withoutDriver: "no driver is at work; edgewave rollout start goes on",
  },
  abort: {
    description: "end the rollout: running sites are asked to stop, nothing more is started",
    takesReason: true,
    done: "aborted; edgewave rollout retry takes up what is left",
    withoutDriver: "no driver is at work; edgewave rollout start brings the rollout to its end",
  },
};

export const addRequests: AddCommand = (rollout, io, done) => {
  for (const type of Object.keys(verbs) as (keyof typeof verbs)[]) {
    const verb = verbs[type];
    const command = withLedger(rollout.command(type).description(verb.description));
    if (verb.takesReason) command.option("--reason <text>", "kept in the ledger and shown by status and why");
    command.action(async (options: RequestOptions) => {
      const reason = options.reason === undefined ? {} : { reason: options.reason };
      const request = { type, by: whoAsks(), ...reason } as RemoteRequest;
      await withLastRunOf(io, options, (last) =>
        askAndTell(io, options, last, request, ({ driven, state }) => {
          print(io, `rollout ${state.rollout}: ${verb.done}`);
          if (!driven) print(io, colorsOf(io).yellow(verb.withoutDriver));
        }),
      );
      done(exitCode.done);
    });
  }
};

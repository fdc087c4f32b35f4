import type { RemoteRequest } from "../../../rollout/requestForm";
import { exitCode } from "../../exitCodes";
import { colorsOf, print, printJson } from "../../io";
import { loadFleet } from "../../load";
import {
  outFolder,
  withFleet,
  withJson,
  withOut,
  withRollout,
  type OutputOptions,
  type RolloutChoice,
} from "../../options";
import type { AddCommand } from "../../program";
import { withLastRun } from "../../rollout/ledgerFile";
import { askOf, whoAsks } from "../../rollout/request";
import { statusJson } from "../../statusJson";

interface RequestOptions extends OutputOptions, RolloutChoice {
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
    const command = withRollout(withJson(withOut(withFleet(rollout.command(type).description(verb.description)))));
    if (verb.takesReason) command.option("--reason <text>", "kept in the ledger and shown by status and why");
    command.action(async (options: RequestOptions) => {
      const { fleet } = await loadFleet(io, options);
      await withLastRun(outFolder(io, options, fleet.name), options.rollout, async ({ ledger, state }) => {
        const reason = options.reason === undefined ? {} : { reason: options.reason };
        const request = { type, by: whoAsks(), ...reason } as RemoteRequest;
        const asked = await askOf(ledger, state, request);
        if (options.json) return printJson(io, { ...statusJson(asked.state), driven: asked.driven });
        const colors = colorsOf(io);
        print(io, `rollout ${state.rollout}: ${verb.done}`);
        if (!asked.driven) print(io, colors.yellow(verb.withoutDriver));
      });
      done(exitCode.done);
    });
  }
};

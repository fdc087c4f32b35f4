import { SingleBar } from "cli-progress";
import { colorsOf, type Io } from "../io";

/** How far a simulation is: a bar on a terminal, nothing elsewhere, where only the answer counts. */
export interface SimulationProgress {
  readonly done: (runs: number) => void;
  readonly close: () => void;
}

/** Drawn only once the work turns out to be long, in milliseconds. */
const patience = 1_000;

export function simulationProgress(io: Io, total: number): SimulationProgress {
  if (!io.interactive) return { done: () => undefined, close: () => undefined };
  const began = Date.now();
  let bar: SingleBar | undefined;
  return {
    done: (runs) => {
      if (bar === undefined && Date.now() - began > patience) {
        bar = new SingleBar({
          format: `{bar} {value}/{total} ${colorsOf(io).dim("simulated")}`,
          barCompleteChar: "━",
          barIncompleteChar: "─",
          barsize: 24,
          hideCursor: true,
          clearOnComplete: true,
          // The work leaves no turn to timers: the bar is drawn by the work itself.
          synchronousUpdate: true,
          gracefulExit: true,
          stream: io.stderr as NodeJS.WriteStream,
        });
        bar.start(total, runs);
      }
      bar?.update(runs);
    },
    close: () => {
      bar?.stop();
      bar = undefined;
    },
  };
}

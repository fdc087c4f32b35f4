import { SingleBar } from "cli-progress";
import type { SiteDrift } from "../../rollout/driftOfFleet";
import { colorsOf, type Io } from "../io";
import { driftWord } from "./drift";

/** Shows a comparison of sites while it runs: on a terminal a bar, elsewhere a line for each site that was compared. */
export interface DriftProgress {
  readonly started: (site: string) => void;
  readonly ended: (result: SiteDrift) => void;
  readonly waiting: (site: string, reason: string | undefined) => void;
  readonly close: () => void;
}

/** @param quiet nothing but errors, where standard output is a document. */
export function driftProgress(io: Io, total: number, quiet: boolean): DriftProgress {
  const colors = colorsOf(io);
  const running = new Set<string>();
  let [done, bar] = [0, undefined as SingleBar | undefined];
  const draw = () => bar?.update(done, { running: colors.dim([...running].slice(0, 4).join(", ")) });
  if (io.interactive && !quiet) {
    bar = new SingleBar({
      format: "{bar} {value}/{total} {running}",
      barCompleteChar: "━",
      barIncompleteChar: "─",
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
      stream: io.stdout as NodeJS.WriteStream,
    });
    bar.start(total, 0, { running: "" });
  }
  const line = (text: string) => {
    if (!quiet && bar === undefined) io.stderr.write(`${text}\n`);
  };
  return {
    started: (site) => {
      running.add(site);
      draw();
    },
    ended: (result) => {
      running.delete(result.site);
      done += 1;
      if (result.status !== "not-made") line(`[${done}/${total}] ${result.site} ${driftWord(result, colors)}`);
      draw();
    },
    waiting: (site, reason) => {
      if (reason !== undefined) line(colors.dim(`${site} waits: ${reason}`));
    },
    close: () => {
      bar?.stop();
      bar = undefined;
    },
  };
}

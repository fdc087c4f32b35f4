import type { Command } from "commander";
import { exitCode, type ExitCode } from "../../exitCodes";
import { listenForInterrupts } from "../../interrupt";
import type { Io } from "../../io";
import { withFleet, withJson, withOut, type OutputOptions } from "../../options";
import type { AddCommand } from "../../program";
import { openRegistries, type RegistryOptions } from "../../registry/open";
import { UserError } from "../../userError";
import { makeLock } from "./make";
import { verifyLock } from "./verify";

export interface LockOptions extends OutputOptions, RegistryOptions {
  readonly verify?: boolean;
  readonly fresh?: boolean;
}

const help = `
Each image of the release is asked for by its tag: what the tag names is its index, and the index names a manifest for
each architecture. Each chart is asked for in the hub's registry, below charts/, where the sites' bastions get theirs.
Every digest is computed here. What the lock has already for the same tags is kept (--fresh asks for
all anew), and a run that was ended goes on where it was. The lock is written whole, once nothing is missing, beside the
release, which then names it.

Credentials are read from a file of the form of Docker's config.json: --auth-file, else REGISTRY_AUTH_FILE, else
config.json in DOCKER_CONFIG or ~/.docker. Helper programs that it names are not started.

  edgewave release lock 2026.12.0
  edgewave release lock 2026.12.0 --via hub                  all from the hub's registry, below docker.io/, quay.io/, ...
                                                             and charts/
  edgewave release lock 2026.12.0 --registry-map docker.io=mirror.example:5000/hub
  edgewave release lock 2026.12.0 --registry-map charts=mirror.example:5000/charts
  edgewave release lock 2026.12.0 --verify                   what moved or is gone since; writes nothing

Exit codes: 0 locked, or all as it was locked; 1 something is missing, moved or cannot be asked; 130 interrupted.
`;

export const addLock: AddCommand = (release, io, done) => {
  const command = release
    .command("lock")
    .description("ask registries what the tags of the release's images and charts are, and write that down")
    .argument("[release]", "which release (default: the only one)")
    .addHelpText("after", help);
  withRegistries(withJson(withOut(withFleet(command))))
    .option("--fresh", "ask for everything, also what the lock has already")
    .option("--verify", "ask again for what is locked, and write nothing")
    .action(async (name: string | undefined, options: LockOptions) => done(await lock(io, name, options)));
};

function withRegistries(command: Command): Command {
  return command
    .option("--via <registry>", "ask this registry for everything, below the names of the upstream registries; or: hub")
    .option("--registry-map <upstream=registry>", "ask another registry for an upstream one; may be repeated", collect)
    .option("--ca-file <file>", "authorities in PEM to trust beside the well-known ones")
    .option("--auth-file <file>", "credentials, as in Docker's config.json")
    .option("--concurrency <number>", "images or charts asked for at a time", "6");
}

const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

async function lock(io: Io, name: string | undefined, options: LockOptions): Promise<ExitCode> {
  if (options.verify === true && options.fresh === true) {
    throw new UserError("EDGE-CLI-080", "--verify writes nothing, so there is nothing to make fresh", "Leave one out.");
  }
  const interrupts = listenForInterrupts(io);
  try {
    const registries = await openRegistries(io, options);
    try {
      const work = options.verify === true ? verifyLock : makeLock;
      return await work(io, name, options, registries, interrupts.stop);
    } finally {
      registries.close();
    }
  } catch (error) {
    if (!interrupts.stop.aborted) throw error;
    io.stderr.write("interrupted; the same command goes on\n");
    return exitCode.interrupted;
  } finally {
    interrupts.dispose();
  }
}

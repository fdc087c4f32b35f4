import { executeDeletes, planDeletes } from "../deployment/deletes";
import type { Run } from "../deployment/run";
import { Stopped } from "../deployment/run";
import { requireTargets } from "../deployment/untouched";
import type { LanguageHost, ProgramEnd } from "../language/host";
import { inlineHost } from "../language/inline";
import { nodejsHost } from "../language/nodejs";
import { Callbacks } from "../monitor/callbacks";
import { engineServer } from "../monitor/engine";
import { resourceMonitor } from "../monitor/monitor";
import { serve } from "../monitor/server";
import { openPolicies } from "../policies/open";
import type { StackConfig } from "../project/config";
import type { Project } from "../project/project";
import type { Session } from "./session";

// A program that waits for resources which will never come does not end by itself.
const GRACE_MS = 300;
// What fails in an `apply` as the last resource is made reaches us after the program's request to end.
const LATE_FAILURE_MS = 100;

/**
 * Runs the program against a monitor, then takes away what it no longer wants.
 *
 * @throws Stopped if the program or a step failed, or the user cancelled; everything that had begun has then ended.
 */
export async function runProgram(session: Session, project: Project, config: StackConfig, run: Run): Promise<void> {
  const ending = new AbortController();
  const shutdown = new Shutdown();
  let complained = false;
  const callbacks = new Callbacks();
  const server = await serve(
    resourceMonitor(run, { callbacks, projectFolder: project.folder, programDone: () => shutdown.ask() }),
    engineServer((line) => {
      complained ||= line.severity === "error";
      run.options.observer.diagnostic(line);
    }),
  );
  let program: Promise<ProgramEnd> | undefined;
  try {
    run.policies = await openPolicies(
      run,
      {
        folder: session.folder,
        packs: session.args.list("policy-pack"),
        configs: session.args.list("policy-pack-config"),
      },
      {
        stack: run.options.stack,
        project: run.options.project,
        preview: run.options.preview,
        engineAddress: server.address,
        environment: session.env,
        config: Object.fromEntries(Object.entries(config.open()).map(([key, { value }]) => [key, value])),
        secretKeys: config.secretKeys(),
      },
    );
    program = host(
      session,
      project,
      run,
    )({
      project: run.options.project,
      stack: run.options.stack,
      config: config.open(),
      preview: run.options.preview,
      parallel: run.options.parallel === Infinity ? 0 : run.options.parallel,
      monitorAddress: server.address,
      signal: ending.signal,
    });
    const end = await Promise.race([program, shutdown.asked, run.halted]);
    judge(run, end, complained);
    requireTargets(run);
    const deletes = planDeletes(run);
    if (end === "asked" && deletes.length > 0) {
      // A program that is about to fail must not have cost anything it still wants.
      judge(run, await within(LATE_FAILURE_MS, program), complained);
    }
    await executeDeletes(run, deletes);
    requirePlanned(run);
    if (await run.policies?.judgeStack([...run.news.values()])) {
      run.violated();
    }
    shutdown.grant();
    judge(run, await program, complained);
    if (run.failed) {
      throw new Stopped();
    }
  } finally {
    // Steps that had begun end before the program's connections do, and the state with them.
    await run.idle();
    shutdown.grant();
    await endProgram(program, ending);
    run.policies?.close();
    run.policies = undefined;
    callbacks.close();
    await server.close();
  }
}

/** @returns how the program has ended, or `asked` if it has not done so in time. */
async function within(milliseconds: number, program: Promise<ProgramEnd>): Promise<ProgramEnd | "asked"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"asked">((resolve) => (timer = setTimeout(() => resolve("asked"), milliseconds)));
  try {
    return await Promise.race([program, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The program's request to end, which is granted when everything is done. */
class Shutdown {
  readonly asked: Promise<"asked">;
  private onAsk: () => void = () => undefined;
  private onGrant: () => void = () => undefined;
  private readonly granted: Promise<void>;

  constructor() {
    this.asked = new Promise((resolve) => (this.onAsk = () => resolve("asked")));
    this.granted = new Promise((resolve) => (this.onGrant = resolve));
  }

  ask(): Promise<void> {
    this.onAsk();
    return this.granted;
  }

  grant(): void {
    this.onGrant();
  }
}

async function endProgram(program: Promise<ProgramEnd> | undefined, ending: AbortController): Promise<void> {
  const ended = program?.then(
    () => undefined,
    () => undefined,
  );
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => (timer = setTimeout(resolve, GRACE_MS)));
  await Promise.race([ended, grace]);
  clearTimeout(timer);
  ending.abort();
  await ended;
}

/** @throws Stopped unless everything has gone well so far. */
function judge(run: Run, end: ProgramEnd | "asked" | "halted", complained: boolean): void {
  if (typeof end === "object" && end.kind === "failed" && !run.stopped && !complained) {
    run.fail("", end.message);
  }
  if (run.stopped || complained || (typeof end === "object" && end.kind !== "succeeded")) {
    throw new Stopped();
  }
}

/** @throws Stopped if the plan tells of steps that have not come. */
function requirePlanned(run: Run): void {
  const undone = run.failed ? [] : (run.options.planning?.undone(run.options.base.resources) ?? []);
  for (const urn of undone) {
    run.fail(urn, `expected resource operations for ${urn} but none were seen`);
  }
  if (undone.length > 0) {
    throw new Stopped();
  }
}

function host(session: Session, project: Project, run: Run): LanguageHost {
  const client = session.args.text("client");
  if (client !== undefined) {
    return inlineHost(client);
  }
  return nodejsHost(project, session.env, (message, stream) =>
    run.report({ urn: "", severity: stream === "stdout" ? "info" : "info#err", message }),
  );
}

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

import { EngineError, RefusedError } from "../errors";
import type { Project } from "../project/project";
import { programRunner } from "../sdk";
import type { Environment } from "../secrets/manager";
import type { LanguageHost, ProgramEnd, ProgramRequest } from "./host";
import { nodejsOptions } from "./options";

// The SDK's runner ends with this code when it has already told the user what is wrong; see `cmd/run/index.ts`.
const ALREADY_REPORTED = 32;
const GRACE_MS = 5000;

/**
 * A program in a process of its own, started through the SDK's runner as the official language host does.
 *
 * Source: `sdk/nodejs/cmd/pulumi-language-nodejs/main.go`.
 *
 * @param print gets each line that the program writes.
 */
export function nodejsHost(
  project: Project,
  env: Environment,
  print: (line: string, stream: "stdout" | "stderr") => void,
): LanguageHost {
  if (project.runtime.name !== "nodejs") {
    throw new RefusedError(`the runtime '${project.runtime.name}'`, "it runs nodejs programs");
  }
  const { environment, nodeArguments } = nodejsOptions(project.file, project.runtime.options);
  return (request) =>
    run(project, [...nodeArguments, ...programArguments(project, request)], { ...env, ...environment }, request, print);
}

function programArguments(project: Project, request: ProgramRequest): string[] {
  let runner: string;
  try {
    runner = programRunner(project.programFolder);
  } catch (cause) {
    throw new EngineError(
      `the Pulumi SDK has not been installed for ${project.programFolder}: have you run npm install?`,
      { cause },
    );
  }
  const flags: readonly (readonly [string, string])[] = [
    ["monitor", request.monitorAddress],
    ["engine", request.monitorAddress],
    ["organization", "organization"],
    ["project", request.project],
    ["root-directory", project.folder],
    ["stack", request.stack],
    ["pwd", project.programFolder],
    ["parallel", String(request.parallel)],
  ];
  const written = flags.flatMap(([name, value]) => [`--${name}`, value]);
  return [runner, ...written, ...(request.preview ? ["--dry-run"] : []), project.entry];
}

async function run(
  project: Project,
  args: readonly string[],
  env: Environment,
  request: ProgramRequest,
  print: (line: string, stream: "stdout" | "stderr") => void,
): Promise<ProgramEnd> {
  const secretKeys = Object.keys(request.config).filter((key) => request.config[key]?.secret);
  const values = Object.fromEntries(Object.entries(request.config).map(([key, { value }]) => [key, value]));
  const child = spawn(process.execPath, args, {
    cwd: project.folder,
    env: {
      ...(env as NodeJS.ProcessEnv),
      PULUMI_CONFIG: JSON.stringify(values),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
    },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that ending the program ends what it has started.
    detached: true,
  });
  const printed = Promise.all([forward(child.stdout, "stdout", print), forward(child.stderr, "stderr", print)]);
  let force: NodeJS.Timeout | undefined;
  const stop = () => {
    signalGroup(child.pid, "SIGINT");
    force = setTimeout(() => signalGroup(child.pid, "SIGKILL"), GRACE_MS);
  };
  request.signal.addEventListener("abort", stop, { once: true });
  try {
    const end = await new Promise<ProgramEnd>((resolve, reject) => {
      child.once("error", (cause) => reject(new EngineError(`could not run the program: ${cause.message}`, { cause })));
      child.once("exit", (code, signal) => resolve(programEnd(code, signal)));
    });
    await printed;
    return end;
  } finally {
    request.signal.removeEventListener("abort", stop);
    clearTimeout(force);
  }
}

function programEnd(code: number | null, signal: NodeJS.Signals | null): ProgramEnd {
  if (code === 0) {
    return { kind: "succeeded" };
  }
  if (code === ALREADY_REPORTED) {
    return { kind: "reported" };
  }
  const how = code === null ? `by signal ${String(signal)}` : `with non-zero exit code: ${code}`;
  return { kind: "failed", message: `Program exited ${how}` };
}

async function forward(
  stream: Readable,
  name: "stdout" | "stderr",
  print: (line: string, stream: "stdout" | "stderr") => void,
): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    print(line, name);
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}

import { once } from "node:events";
import type { ClientChannel } from "ssh2";
import type { PropertyMap } from "../../../property/value";
import { ProviderError } from "../../failure";
import type { CallContext } from "../../provider";
import { readSettings } from "../inputs";
import { Collector } from "../output";
import { logs, withoutLastLineEnd } from "../run";
import type { CommandOutput } from "../run";
import { hide } from "../secrets";
import { readConnection, remoteSecrets } from "./connection";
import { dial } from "./dial";
import type { Link } from "./dial";
import { Stop } from "./stop";
import { askForEnvironment } from "./wire";

/** How long a cancelled command may take to leave after SIGINT, before its process group is killed. */
const graceMilliseconds = 3000;

/**
 * Runs one command line on the host of `inputs`, with the environment and standard input in them.
 *
 * Lines of output go to the log as ephemeral messages with secrets hidden. On cancellation the remote process group
 * gets SIGINT and after three seconds SIGKILL.
 *
 * @param previous what the last run wrote; sent as PULUMI_COMMAND_STDOUT and PULUMI_COMMAND_STDERR unless the inputs
 *   turn that off. A host that does not accept these two is no error.
 * @throws ProviderError if the host cannot be reached, refuses a variable of the inputs, or the command fails.
 */
export async function executeRemotely(
  command: string,
  inputs: PropertyMap,
  previous: CommandOutput,
  context: CallContext,
): Promise<CommandOutput> {
  const secrets = remoteSecrets(inputs);
  const { environment, stdin, logging, addPreviousOutputInEnv } = readSettings(inputs);
  const before = addPreviousOutputInEnv ? previousVariables(previous) : {};
  const connection = readConnection(inputs);
  const link = await dial(connection, context);
  try {
    const refused = new Set<string>();
    askForEnvironment(link.client, (name) => refused.add(name));
    const both: Buffer[] = [];
    const onLine = (stream: "stdout" | "stderr", line: string): void => {
      if (logs(logging, stream)) context.log("info", hide(line, secrets), { ephemeral: true });
    };
    const stdout = new Collector("stdout", both, onLine);
    const stderr = new Collector("stderr", both, onLine);
    const end: End = { outcome: "wait: remote command exited without exit status or exit signal" };
    const channel = await start(link, command, { ...environment, ...before }, context, (started) => {
      started.on("data", (chunk: Buffer) => stdout.add(chunk));
      started.stderr.on("data", (chunk: Buffer) => stderr.add(chunk));
      started.on("exit", (code: number | null, name?: string) => {
        if (code === null) end.outcome = `Process exited with signal ${name ?? "unknown"}`;
        else end.outcome = code === 0 ? undefined : `Process exited with status ${code}`;
      });
    });
    // The host answers in order: what it says to the variables has come before the command began.
    const names = Object.keys(environment).filter((name) => refused.has(name));
    if (names.length > 0) {
      await new Stop(link.client, channel, "KILL").sent();
      throw refusedVariables(names, connection.host);
    }
    for (const name of Object.keys(before).filter((found) => refused.has(found))) {
      context.log(
        "warning",
        `${connection.host} does not accept ${name}; AcceptEnv of its SSH server names what it does`,
      );
    }
    await ended(channel, link, stdin, context);
    const failure = end.outcome;
    stdout.end();
    stderr.end();
    if (failure !== undefined) {
      const output = Buffer.concat(both).toString("utf8").trimEnd();
      throw new ProviderError(
        "EDGE-COMMAND-001",
        hide(`${failure}: running ${JSON.stringify(command)} on ${connection.host}:\n${output}`, secrets),
        "Correct the command or what it works on, then run again",
      );
    }
    return { stdout: withoutLastLineEnd(stdout.text()), stderr: withoutLastLineEnd(stderr.text()) };
  } finally {
    link.close();
  }
}

async function start(
  link: Link,
  command: string,
  env: Readonly<Record<string, string>>,
  context: CallContext,
  onStart: (channel: ClientChannel) => void,
): Promise<ClientChannel> {
  context.signal.throwIfAborted();
  return await new Promise((resolve, reject) => {
    link.client.once("close", () => reject(new Error("the connection broke before the command began")));
    link.client.exec(command, { env }, (error, channel) => {
      if (error) {
        reject(error);
        return;
      }
      // The end may be in the same packet as the start.
      onStart(channel);
      resolve(channel);
    });
  });
}

/** How a command ended: undefined after success, else as Go words it. */
interface End {
  outcome: string | undefined;
}

async function ended(
  channel: ClientChannel,
  link: Link,
  stdin: string | undefined,
  { signal }: CallContext,
): Promise<void> {
  let kill: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    const stop = new Stop(link.client, channel, "INT");
    kill = setTimeout(() => {
      void stop.kill();
      // The host may be gone: then nothing answers.
      kill = setTimeout(() => link.close(), graceMilliseconds);
    }, graceMilliseconds);
  };
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) cancel();
  // A command need not read its input.
  channel.on("error", () => undefined);
  if (stdin === undefined || stdin === "") channel.stdin.end();
  else channel.stdin.end(stdin);
  try {
    await Promise.race([once(channel, "close"), once(link.client, "close")]);
  } finally {
    signal.removeEventListener("abort", cancel);
    clearTimeout(kill);
  }
  if (signal.aborted) throw new Error("the command was cancelled", { cause: signal.reason });
}

function previousVariables({ stdout, stderr }: CommandOutput): Record<string, string> {
  return {
    ...(stdout === "" ? {} : { PULUMI_COMMAND_STDOUT: stdout }),
    ...(stderr === "" ? {} : { PULUMI_COMMAND_STDERR: stderr }),
  };
}

function refusedVariables(names: readonly string[], host: string): ProviderError {
  return new ProviderError(
    "EDGE-COMMAND-007",
    `the SSH server of ${host} does not accept the environment variable(s) ${names.join(", ")}`,
    "Add them to AcceptEnv of its sshd_config, or put them before the command as in 'NAME=value command'",
  );
}

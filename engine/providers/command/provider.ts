import type { PropertyMap } from "../../property/value";
import { ProviderError } from "../failure";
import type { CallContext, CheckRequest, CheckResponse, ConfiguredProvider, InvokeResponse } from "../provider";
import type { ResourceProvider } from "../provider";
import { checkKnownConfig, diffConfigKeys } from "../providerConfig";
import { diffCommand } from "./diff";
import { commandInputs, inputFailures, runInputs, textOf } from "./inputs";
import { createWith, deleteWith, updateWith } from "./local";
import { checkRemote, remoteTypes } from "./remote/inputs";
import { runCommand } from "./run";
import { withinTime } from "./timeLimit";

const local = "command:local:Command";
const frameworkVersion = "__pulumi-go-provider-version";

/** The `command` provider: commands here and on other hosts, and files copied there. */
export function commandProvider(): ResourceProvider {
  return {
    name: "command",
    version: "4.5.0",
    types: [local, ...remoteTypes],
    functions: ["command:local:run"],
    async checkConfig(request) {
      const checked = checkKnownConfig("command", request.news, []);
      // The official plugin marks its framework's version; a mark that is there stays, or each run would change it.
      const version = request.olds[frameworkVersion] ?? "(devel)";
      return { ...checked, inputs: { ...checked.inputs, [frameworkVersion]: version } };
    },
    async diffConfig(request) {
      return diffConfigKeys(request, () => true);
    },
    async configure() {
      return new CommandProvider();
    },
  };
}

class CommandProvider implements ConfiguredProvider {
  async check(request: CheckRequest): Promise<CheckResponse> {
    const inputs = withoutNulls(request.news);
    if (remoteTypes.includes(request.type)) return checkRemote(request.type, inputs);
    return { inputs, failures: inputFailures(inputs, commandInputs) };
  }

  async diff(request: Parameters<ConfiguredProvider["diff"]>[0]): ReturnType<ConfiguredProvider["diff"]> {
    return diffCommand(request);
  }

  async create(
    request: Parameters<ConfiguredProvider["create"]>[0],
    context: CallContext,
  ): ReturnType<ConfiguredProvider["create"]> {
    return await withinTime(request.timeout, context, async (limited) =>
      remoteTypes.includes(request.type)
        ? await (await remote()).createRemote(request, limited)
        : await createWith(runCommand, request, limited),
    );
  }

  async read(request: Parameters<ConfiguredProvider["read"]>[0]): ReturnType<ConfiguredProvider["read"]> {
    return { id: request.id, inputs: request.inputs, outputs: request.outputs };
  }

  async update(
    request: Parameters<ConfiguredProvider["update"]>[0],
    context: CallContext,
  ): ReturnType<ConfiguredProvider["update"]> {
    return await withinTime(request.timeout, context, async (limited) =>
      remoteTypes.includes(request.type)
        ? await (await remote()).updateRemote(request, limited)
        : await updateWith(runCommand, request, limited),
    );
  }

  async delete(request: Parameters<ConfiguredProvider["delete"]>[0], context: CallContext): Promise<void> {
    await withinTime(request.timeout, context, async (limited) =>
      remoteTypes.includes(request.type)
        ? await (await remote()).deleteRemote(request, limited)
        : await deleteWith(runCommand, request, limited),
    );
  }

  async invoke(token: string, args: PropertyMap, context: CallContext): Promise<InvokeResponse> {
    if (token !== "command:local:run") throw unknownFunction(token);
    const failures = inputFailures(args, runInputs);
    const command = textOf(args, "command");
    if (command === undefined) {
      return { result: {}, failures: [...failures, { property: "command", reason: "is missing" }] };
    }
    if (failures.length > 0) return { result: {}, failures };
    const output = await runCommand(command, args, { stdout: "", stderr: "" }, context);
    return { result: { ...args, ...output }, failures: [] };
  }

  async close(): Promise<void> {}
}

/** The SSH client is only loaded where a resource needs it. */
async function remote(): Promise<typeof import("./remote/resources.js")> {
  return await import("./remote/resources.js");
}

function withoutNulls(inputs: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== null));
}

function unknownFunction(token: string): ProviderError {
  return new ProviderError(
    "EDGE-COMMAND-003",
    `the command provider has no function ${token}`,
    "The only one is command:local:run",
  );
}

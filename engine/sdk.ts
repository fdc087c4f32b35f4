/**
 * The one place that reaches behind the SDK's typings: its command results and errors, its version class, and the
 * gRPC service definitions, which ship without complete types.
 */
import { createRequire } from "node:module";

import type {
  ChannelCredentials,
  ChannelOptions,
  ServiceClientConstructor,
  ServiceDefinition,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { Channel } from "@grpc/grpc-js";
import type { PulumiCommand } from "@pulumi/pulumi/automation";

/** The version of a `PulumiCommand`. */
export type Version = NonNullable<PulumiCommand["version"]>;

/** What a command gave back, as the SDK's own. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
  readonly err?: Error;
}

interface CommandModule {
  readonly CommandResult: new (stdout: string, stderr: string, code: number, err?: Error) => CommandResult;
}

interface ErrorsModule {
  readonly createCommandError: (result: CommandResult) => Error;
}

const load = createRequire(__filename);
// The SDK's own dependencies, of which a second copy would not be `instanceof` the first.
const loadForSdk = createRequire(load.resolve("@pulumi/pulumi/package.json"));

const { CommandResult: Result } = load("@pulumi/pulumi/automation/cmd") as CommandModule;
const { createCommandError } = load("@pulumi/pulumi/automation/errors") as ErrorsModule;
const { SemVer } = loadForSdk("semver") as { readonly SemVer: new (version: string) => Version };

export function commandResult(stdout: string, stderr: string, code: number): CommandResult {
  return new Result(stdout, stderr, code);
}

/** The error that the SDK itself would throw for a failed command, by its text on standard error. */
export function commandError(stdout: string, stderr: string, code: number): Error {
  return createCommandError(new Result(stdout, stderr, code));
}

/** The version of this engine: the SDK's own, with which it agrees. */
export function engineVersion(): Version {
  const { version } = load("@pulumi/pulumi/version") as { readonly version: string };
  return new SemVer(version);
}

/** The SDK's entry for programs in a process of their own, as seen from the program's folder. */
export function programRunner(programFolder: string): string {
  return createRequire(`${programFolder}/index.js`).resolve("@pulumi/pulumi/cmd/run/index.js");
}

type Definition = ServiceDefinition<UntypedServiceImplementation>;

const resourceServices = load("@pulumi/pulumi/proto/resource_grpc_pb") as {
  readonly ResourceMonitorService: Definition;
};
const engineServices = load("@pulumi/pulumi/proto/engine_grpc_pb") as { readonly EngineService: Definition };
const languageServices = load("@pulumi/pulumi/proto/language_grpc_pb") as {
  readonly LanguageRuntimeClient: ServiceClientConstructor;
};
const eventServices = load("@pulumi/pulumi/proto/events_grpc_pb") as {
  readonly EventsClient: ServiceClientConstructor;
};

const callbackServices = load("@pulumi/pulumi/proto/callback_grpc_pb") as {
  readonly CallbacksClient: ServiceClientConstructor;
};

const analyzerServices = load("@pulumi/pulumi/proto/analyzer_grpc_pb") as {
  readonly AnalyzerClient: ServiceClientConstructor;
};

export const monitorService = resourceServices.ResourceMonitorService;
export const engineService = engineServices.EngineService;
export const { LanguageRuntimeClient } = languageServices;
export const { EventsClient } = eventServices;
export const { AnalyzerClient } = analyzerServices;
export const { CallbacksClient } = callbackServices;

/** The SDK's own limits: a whole rendered manifest may travel in one message. */
export const serverOptions = {
  "grpc.max_receive_message_length": 400 * 1024 * 1024,
  "grpc.max_send_message_length": -1,
  "grpc.server_max_unrequested_time_in_server": 3600,
};

/** The same for clients, which leave nothing behind in the library's registry of channels. */
export const clientOptions = { ...serverOptions, "grpc.enable_channelz": 0 };

interface SettingsModule {
  readonly grpcClientOptions: ChannelOptions & { channelFactoryOverride?: ChannelFactory };
}

type ChannelFactory = (address: string, credentials: ChannelCredentials, options: ChannelOptions) => Channel;

const settings = load("@pulumi/pulumi/runtime/settings") as SettingsModule;
const watched = new Map<string, Channel[]>();

// An inline program's clients are never closed by the SDK (`disconnectSync` knows only those of a program that has the
// process to itself), and each would stay for the life of the process. gRPC's own hook for making channels tells them.
settings.grpcClientOptions.channelFactoryOverride = (address, credentials, options) => {
  const mine = watched.get(address);
  const channel = new Channel(address, credentials, mine ? { ...options, "grpc.enable_channelz": 0 } : options);
  mine?.push(channel);
  return channel;
};

/** Notes the channels that programs in this process open to an address, until they are closed. */
export function watchChannels(address: string): void {
  watched.set(address, []);
}

/** Closes the channels to an address. */
export function closeChannels(address: string): void {
  for (const channel of watched.get(address) ?? []) {
    channel.close();
  }
  watched.delete(address);
}

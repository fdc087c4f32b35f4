/**
 * The one place that reaches behind the SDK's typings: its command results and errors, its version class, and the
 * gRPC service definitions, which ship without complete types.
 */
import "./leanSdk";

import { createRequire } from "node:module";

import type {
  ChannelCredentials,
  ChannelInterface,
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

type ChannelFactory = (address: string, credentials: ChannelCredentials, options: ChannelOptions) => ChannelInterface;

const settings = load("@pulumi/pulumi/runtime/settings") as SettingsModule;
const served = new Map<string, () => ChannelInterface>();

// gRPC's own hook for making channels: an inline program's clients are in this process, as its engine is, and need no
// connection. The SDK would never close theirs (`disconnectSync` knows only those of a program that has the process to
// itself), and each would stay for the life of the process.
settings.grpcClientOptions.channelFactoryOverride = (address, credentials, options) =>
  served.get(address)?.() ?? new Channel(address, credentials, options);

/** Gives programs in this process that ask for an address such channels, until `withdrawChannels`. */
export function offerChannels(address: string, open: () => ChannelInterface): void {
  served.set(address, open);
}

/** Ends what `offerChannels` began. */
export function withdrawChannels(address: string): void {
  served.delete(address);
}

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import type { ServiceError } from "@grpc/grpc-js";
import { credentials, status } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type {
  AnalyzeRequest,
  AnalyzeResponse,
  AnalyzerInfo,
  AnalyzeStackRequest,
  ConfigureAnalyzerRequest,
  RemediateResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { AnalyzerHandshakeRequest, AnalyzerStackConfigureRequest } from "@pulumi/pulumi/proto/analyzer_pb";
import { parse } from "yaml";

import { EngineError, RefusedError } from "../errors";
import { AnalyzerClient, clientOptions } from "../sdk";

/** What a pack is told about the run. */
export interface PackContext {
  readonly stack: string;
  readonly project: string;
  readonly preview: boolean;
  readonly engineAddress: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

type Call<Request, Response> = (
  request: Request,
  done: (error: ServiceError | null, response: Response | undefined) => void,
) => void;

interface Client {
  analyze: Call<AnalyzeRequest, AnalyzeResponse>;
  analyzeStack: Call<AnalyzeStackRequest, AnalyzeResponse>;
  remediate: Call<AnalyzeRequest, RemediateResponse>;
  getAnalyzerInfo: Call<Empty, AnalyzerInfo>;
  configure: Call<ConfigureAnalyzerRequest, Empty>;
  configureStack: Call<AnalyzerStackConfigureRequest, unknown>;
  handshake: Call<AnalyzerHandshakeRequest, unknown>;
  close(): void;
}

/** A policy pack in a process of its own, spoken to by Pulumi's `Analyzer` protocol. */
export class PolicyPack {
  private constructor(
    readonly folder: string,
    readonly info: AnalyzerInfo,
    private readonly client: Client,
    private readonly stop: () => void,
  ) {}

  /**
   * Starts the pack as the official language host does: by `cmd/run-policy-pack` of the SDK that the pack has.
   *
   * @throws if the folder is no pack of Node.js, its packages are missing, or it ends before it serves.
   */
  static async start(folder: string, context: PackContext): Promise<PolicyPack> {
    await requireNodejs(folder);
    const { port, stop } = await spawnPack(folder, context);
    const client = new AnalyzerClient(
      `127.0.0.1:${port}`,
      credentials.createInsecure(),
      clientOptions,
    ) as unknown as Client;
    try {
      const handshake = new AnalyzerHandshakeRequest();
      handshake.setEngineAddress(context.engineAddress);
      handshake.setRootDirectory(folder);
      handshake.setProgramDirectory(folder);
      await optional(call(client, "handshake", handshake));
      await optional(call(client, "configureStack", stackOf(context)));
      return new PolicyPack(folder, await call(client, "getAnalyzerInfo", new Empty()), client, stop);
    } catch (error) {
      client.close();
      stop();
      throw error;
    }
  }

  analyze(request: AnalyzeRequest): Promise<AnalyzeResponse> {
    return call(this.client, "analyze", request);
  }

  analyzeStack(request: AnalyzeStackRequest): Promise<AnalyzeResponse> {
    return call(this.client, "analyzeStack", request);
  }

  /** @returns `undefined` if the pack is older than remediations. */
  remediate(request: AnalyzeRequest): Promise<RemediateResponse | undefined> {
    return optional(call(this.client, "remediate", request));
  }

  async configure(request: ConfigureAnalyzerRequest): Promise<void> {
    await call(this.client, "configure", request);
  }

  close(): void {
    this.client.close();
    this.stop();
  }
}

async function requireNodejs(folder: string): Promise<void> {
  const file = join(folder, "PulumiPolicy.yaml");
  if (!existsSync(file)) {
    throw new EngineError(`failed to load Pulumi policy project located at "${file}": there is no such file`);
  }
  const { runtime } = (parse(await readFile(file, "utf8")) ?? {}) as { runtime?: string | { name?: string } };
  const name = typeof runtime === "string" ? runtime : runtime?.name;
  if (name !== "nodejs") {
    throw new RefusedError(`policy packs with the runtime '${String(name)}' (${file})`, "it runs nodejs packs");
  }
}

async function spawnPack(
  folder: string,
  context: PackContext,
): Promise<{ readonly port: number; readonly stop: () => void }> {
  let runner: string;
  try {
    runner = createRequire(join(folder, "index.js")).resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js");
  } catch (cause) {
    throw new EngineError(
      "it looks like the policy pack's dependencies are not installed; " +
        `try running npm install or yarn install in "${folder}"`,
      { cause },
    );
  }
  const child = spawn(process.execPath, [runner, context.engineAddress, folder], {
    cwd: folder,
    env: { ...(context.environment as NodeJS.ProcessEnv), PULUMI_NODEJS_TYPESCRIPT: "true" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = () => void child.kill("SIGKILL");
  let printed = "";
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-8192)));
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) =>
        reject(new EngineError(`policy pack "${folder}" failed to start (code ${String(code)}): ${complaints.trim()}`)),
      );
      child.stdout.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
        const match = /^(\d+)\r?\n/m.exec(printed);
        if (match) {
          resolve(Number(match[1]));
        }
      });
    });
    child.removeAllListeners("exit");
    child.unref();
    return { port, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

function stackOf(context: PackContext): AnalyzerStackConfigureRequest {
  const message = new AnalyzerStackConfigureRequest();
  message.setStack(context.stack);
  message.setProject(context.project);
  message.setOrganization("organization");
  message.setDryRun(context.preview);
  message.setConfigSecretKeysList([...context.secretKeys]);
  Object.entries(context.config).forEach(([key, value]) => message.getConfigMap().set(key, value));
  return message;
}

function call<K extends Exclude<keyof Client, "close">>(
  client: Client,
  name: K,
  request: Parameters<Client[K]>[0],
): Promise<Client[K] extends Call<never, infer Response> ? Response : never> {
  return new Promise((resolve, reject) =>
    (client[name] as Call<unknown, never>).call(client, request, (error, response) =>
      error === null ? resolve(response as never) : reject(error),
    ),
  );
}

/** The answer, or `undefined` from a pack that does not know the call. */
async function optional<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as Partial<ServiceError>).code === status.UNIMPLEMENTED) {
      return undefined;
    }
    throw error;
  }
}

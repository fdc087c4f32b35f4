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
import { AnalyzerClient, clientOptions } from "../sdk";
import type { PackContext } from "./start";
import { startPack } from "./start";

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
   * Starts the pack and tells it about the run.
   *
   * @throws if it cannot be started.
   */
  static async start(folder: string, context: PackContext): Promise<PolicyPack> {
    const { port, stop } = await startPack(folder, context);
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

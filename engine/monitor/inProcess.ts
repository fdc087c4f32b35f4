import { AsyncResource } from "node:async_hooks";

import type {
  ChannelInterface,
  MethodDefinition,
  ServiceDefinition,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { connectivityState, Metadata, status } from "@grpc/grpc-js";

import { messageOf } from "../errors";

type Call = ReturnType<ChannelInterface["createCall"]>;
type Listener = Parameters<Call["start"]>[1];
type Status = Parameters<Listener["onReceiveStatus"]>[0];
type Method = MethodDefinition<unknown, unknown>;

/** How a service answers one request; what it needs of gRPC's own handlers. */
type Handler = (
  call: { readonly request: unknown },
  done: (error: { readonly code?: status; readonly details?: string } | null, response?: unknown) => void,
) => void;

interface Endpoint {
  readonly method: Method;
  readonly handle: Handler;
}

/** Services with unary methods, by whatever names the SDK gives them. */
export type Service = readonly [ServiceDefinition<UntypedServiceImplementation>, UntypedServiceImplementation];

/**
 * Serves programs in this process: their gRPC clients call the handlers without a socket between. Messages still go by
 * their bytes, so neither side sees the other's objects.
 */
export class InProcessServer {
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly open = new Set<InProcessCall>();
  // A handler belongs to the engine, not to the program that calls it: what it starts must not keep the program's
  // asynchronous context alive.
  private readonly scope = new AsyncResource("edgewave.monitor");
  private closed = false;

  constructor(
    private readonly address: string,
    services: readonly Service[],
  ) {
    for (const [definition, handlers] of services) {
      for (const [name, method] of Object.entries(definition) as [string, Method][]) {
        const handle = handlers[name] as Handler | undefined;
        if (handle !== undefined) {
          this.endpoints.set(method.path, { method, handle });
        }
      }
    }
  }

  /** A channel for one client. Closing it is left to the server: the SDK never does. */
  channel(): ChannelInterface {
    return {
      close: () => undefined,
      getTarget: () => this.address,
      getConnectivityState: () => (this.closed ? connectivityState.SHUTDOWN : connectivityState.READY),
      watchConnectivityState: (_state, _deadline, callback) => callback(),
      getChannelzRef: () =>
        ({ kind: "channel", id: 0, name: this.address }) as ReturnType<ChannelInterface["getChannelzRef"]>,
      createCall: (path) => new InProcessCall(this, path),
    };
  }

  /** Ends every call that has no answer yet, as a lost connection does. */
  close(): void {
    this.closed = true;
    for (const call of [...this.open]) {
      call.cancelWithStatus(status.UNAVAILABLE, "Connection dropped");
    }
    this.scope.emitDestroy();
  }

  begin(call: InProcessCall, path: string, message: Buffer): void {
    const endpoint = this.endpoints.get(path);
    if (this.closed || endpoint === undefined) {
      const code = this.closed ? status.UNAVAILABLE : status.UNIMPLEMENTED;
      this.soon(() => call.cancelWithStatus(code, this.closed ? "Connection dropped" : `no method ${path}`));
      return;
    }
    this.open.add(call);
    this.soon(() => this.handle(call, endpoint, message));
  }

  ended(call: InProcessCall): void {
    this.open.delete(call);
  }

  private handle(call: InProcessCall, { method, handle }: Endpoint, message: Buffer): void {
    if (call.over) {
      return;
    }
    const attempt = <T>(work: () => T): T | undefined => {
      try {
        return work();
      } catch (error) {
        call.cancelWithStatus(status.INTERNAL, messageOf(error));
        return undefined;
      }
    };
    const request = attempt(() => method.requestDeserialize(message));
    if (request === undefined) {
      return;
    }
    handle({ request }, (error, response) => {
      if (error !== null) {
        call.cancelWithStatus(error.code ?? status.UNKNOWN, error.details ?? "");
        return;
      }
      const bytes = attempt(() => method.responseSerialize(response));
      if (bytes !== undefined) {
        call.answer(bytes);
      }
    });
  }

  /** Handles a request in the next turn, so that files and signals get theirs between, in the engine's own context. */
  private soon(work: () => void): void {
    this.scope.runInAsyncScope(() => setImmediate(work));
  }
}

/** One unary call, as gRPC's client drives it. */
class InProcessCall implements Call {
  over = false;
  private listener: Listener | undefined;
  private message: Buffer | undefined;
  // The answer is the program's again.
  private readonly caller = new AsyncResource("edgewave.call", { requireManualDestroy: true });

  constructor(
    private readonly server: InProcessServer,
    private readonly path: string,
  ) {}

  start(_metadata: Metadata, listener: Listener): void {
    this.listener = listener;
  }

  sendMessageWithContext(context: Parameters<Call["sendMessageWithContext"]>[0], message: Buffer): void {
    this.message = message;
    context.callback?.();
  }

  halfClose(): void {
    this.server.begin(this, this.path, this.message ?? Buffer.alloc(0));
  }

  /** Gives the program its answer, unless the call has ended before. */
  answer(message: Buffer): void {
    this.end({ code: status.OK, details: "OK", metadata: new Metadata() }, message);
  }

  cancelWithStatus(code: status, details: string): void {
    this.end({ code, details, metadata: new Metadata() });
  }

  startRead(): void {
    // The answer comes by itself.
  }

  getPeer(): string {
    return "in process";
  }

  getCallNumber(): number {
    return 0;
  }

  setCredentials(): void {
    // There is nobody to prove oneself to.
  }

  getAuthContext(): null {
    return null;
  }

  private end(how: Status, message?: Buffer): void {
    if (this.over) {
      return;
    }
    this.over = true;
    this.server.ended(this);
    const { listener } = this;
    this.caller.runInAsyncScope(() => {
      if (message !== undefined) {
        listener?.onReceiveMetadata(new Metadata());
        listener?.onReceiveMessage(message);
      }
      listener?.onReceiveStatus(how);
    });
  }
}

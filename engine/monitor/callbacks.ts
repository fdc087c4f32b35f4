import type { ServiceError } from "@grpc/grpc-js";
import { credentials } from "@grpc/grpc-js";
import type { Callback, CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import { CallbackInvokeRequest } from "@pulumi/pulumi/proto/callback_pb";

import { EngineError } from "../errors";
import { CallbacksClient, clientOptions } from "../sdk";

interface Client {
  invoke(
    request: CallbackInvokeRequest,
    done: (error: ServiceError | null, response: CallbackInvokeResponse | undefined) => void,
  ): void;
  close(): void;
}

/** Calls functions that a program has handed over, at the program's own callback server. */
export class Callbacks {
  private readonly clients = new Map<string, Client>();

  /** @param request the serialised argument. @returns the serialised result. @throws with the program's own message. */
  call(callback: Callback, request: Uint8Array): Promise<Uint8Array> {
    const client = this.clientOf(callback.getTarget());
    const message = new CallbackInvokeRequest().setToken(callback.getToken()).setRequest(request);
    return new Promise((resolve, reject) =>
      client.invoke(message, (error, response) =>
        error === null && response !== undefined
          ? resolve(response.getResponse_asU8())
          : reject(new EngineError(error?.details ?? "a callback of the program gave no answer")),
      ),
    );
  }

  close(): void {
    this.clients.forEach((client) => client.close());
    this.clients.clear();
  }

  private clientOf(target: string): Client {
    let client = this.clients.get(target);
    if (client === undefined) {
      client = new CallbacksClient(target, credentials.createInsecure(), clientOptions) as unknown as Client;
      this.clients.set(target, client);
    }
    return client;
  }
}

import type { ServiceError } from "@grpc/grpc-js";
import { credentials, status } from "@grpc/grpc-js";
import { RunRequest } from "@pulumi/pulumi/proto/language_pb";

import { clientOptions, LanguageRuntimeClient } from "../sdk";
import type { LanguageHost, ProgramEnd, ProgramRequest } from "./host";

const EVENTS = ["uncaughtException", "unhandledRejection"] as const;

interface LanguageClient {
  run(request: RunRequest, done: (error: ServiceError | null) => void): { cancel(): void };
  close(): void;
}

/** A program in this process, behind the Automation API's language server at `address`. */
export function inlineHost(address: string): LanguageHost {
  return async (request) => {
    const before = EVENTS.map((event) => process.listeners(event as "uncaughtException"));
    const client = new LanguageRuntimeClient(
      address,
      credentials.createInsecure(),
      clientOptions,
    ) as unknown as LanguageClient;
    try {
      return await call(client, request);
    } finally {
      client.close();
      // A program whose resources will never come has its handlers left behind by the SDK; they would catch what
      // belongs to the next run of this process.
      EVENTS.forEach((event, i) => {
        for (const listener of process.listeners(event as "uncaughtException")) {
          if (!before[i]?.includes(listener) && request.signal.aborted) {
            process.off(event, listener);
          }
        }
      });
    }
  };
}

function call(client: LanguageClient, request: ProgramRequest): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const running = client.run(runRequest(request), (error) => {
      request.signal.removeEventListener("abort", cancel);
      if (error === null) {
        resolve({ kind: "succeeded" });
      } else if (error.code === status.CANCELLED) {
        resolve({ kind: "reported" });
      } else {
        resolve({ kind: "failed", message: error.details });
      }
    });
    const cancel = () => running.cancel();
    request.signal.addEventListener("abort", cancel);
    if (request.signal.aborted) {
      cancel();
    }
  });
}

function runRequest(request: ProgramRequest): RunRequest {
  const message = new RunRequest();
  message.setProject(request.project);
  message.setStack(request.stack);
  message.setOrganization("organization");
  message.setDryrun(request.preview);
  message.setParallel(request.parallel);
  message.setMonitorAddress(request.monitorAddress);
  message.setArgsList([request.monitorAddress]);
  const config = message.getConfigMap();
  for (const [key, { value }] of Object.entries(request.config)) {
    config.set(key, value);
  }
  message.setConfigsecretkeysList(Object.keys(request.config).filter((key) => request.config[key]?.secret));
  return message;
}

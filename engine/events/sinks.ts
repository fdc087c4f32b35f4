import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";

import type { ServiceError } from "@grpc/grpc-js";
import { credentials } from "@grpc/grpc-js";
import { EventRequest } from "@pulumi/pulumi/proto/events_pb";

import { clientOptions, EventsClient } from "../sdk";
import type { EventSink } from "./events";

/** Opens what `--event-log` names: `tcp://HOST:PORT`, where the SDK listens, or a file that is appended to. */
export function openSink(target: string): EventSink {
  return target.startsWith("tcp://") ? grpcSink(target.slice("tcp://".length)) : fileSink(target);
}

function fileSink(path: string): EventSink {
  const stream = createWriteStream(path, { flags: "a", mode: 0o600 });
  // An early failure is thrown by `close`.
  const done = finished(stream);
  done.catch(() => undefined);
  return {
    write: (event) => void stream.write(`${event}\n`),
    close: async () => {
      stream.end();
      await done;
    },
  };
}

interface EventStream {
  write(message: EventRequest): void;
  end(): void;
}

interface Client {
  streamEvents(done: (error: ServiceError | null) => void): EventStream;
  close(): void;
}

function grpcSink(address: string): EventSink {
  const client = new EventsClient(address, credentials.createInsecure(), clientOptions) as unknown as Client;
  let stream: EventStream | undefined;
  const done = new Promise<void>((resolve, reject) => {
    stream = client.streamEvents((error) => (error === null ? resolve() : reject(error)));
  });
  done.catch(() => undefined);
  return {
    write: (event) => stream?.write(new EventRequest().setEvent(event)),
    close: async () => {
      stream?.end();
      try {
        await done;
      } finally {
        client.close();
      }
    },
  };
}

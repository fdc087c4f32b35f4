import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { Server, ServerCredentials } from "@grpc/grpc-js";

import { engineService, monitorService, offerChannels, serverOptions, withdrawChannels } from "../sdk";
import { InProcessServer } from "./inProcess";

/** A running server for one program. */
export interface MonitorServer {
  readonly address: string;
  /** Ends every connection and removes what was there for them. */
  close(): Promise<void>;
}

/** Serves the monitor and the engine to one program, in this process or in another. */
export async function serve(
  monitor: UntypedServiceImplementation,
  engine: UntypedServiceImplementation,
): Promise<MonitorServer> {
  const server = new Server(serverOptions);
  server.addService(monitorService, monitor);
  server.addService(engineService, engine);
  // A socket in a folder of one's own keeps other users of the machine out, which a port would not.
  const folder = process.platform === "win32" ? undefined : await mkdtemp(join(tmpdir(), "edgewave-"));
  const wanted = folder === undefined ? "127.0.0.1:0" : `unix:${join(folder, "monitor.sock")}`;
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(wanted, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  const address = folder === undefined ? `127.0.0.1:${port}` : wanted;
  const here = new InProcessServer(address, [
    [monitorService, monitor],
    [engineService, engine],
  ]);
  offerChannels(address, () => here.channel());
  return {
    address,
    close: async () => {
      withdrawChannels(address);
      here.close();
      server.forceShutdown();
      if (folder !== undefined) {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

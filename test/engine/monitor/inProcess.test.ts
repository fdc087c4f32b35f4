import type { ChannelInterface, ServiceError, UntypedServiceImplementation } from "@grpc/grpc-js";
import { credentials, status } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { GetRootResourceRequest, LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { AsyncLocalStorage } from "node:async_hooks";

import { InProcessServer } from "../../../engine/monitor/inProcess";
import { engineService } from "../../../engine/sdk";

type Done = (error: Partial<ServiceError> | null, response?: unknown) => void;

interface Client {
  log(request: LogRequest, done: (error: ServiceError | null, response?: unknown) => void): void;
  getRootResource(request: GetRootResourceRequest, done: (error: ServiceError | null) => void): void;
}

function opened(log: (call: { request: LogRequest }, done: Done) => void): { server: InProcessServer; client: Client } {
  const handlers = { log } as unknown as UntypedServiceImplementation;
  const server = new InProcessServer("in-process", [[engineService, handlers]]);
  const channelFactoryOverride = (): ChannelInterface => server.channel();
  const Client = EngineClient as unknown as new (address: string, how: unknown, options: unknown) => Client;
  return { server, client: new Client("in-process", credentials.createInsecure(), { channelFactoryOverride }) };
}

const codeOf = (call: (done: (error: ServiceError | null) => void) => void) =>
  new Promise<number>((resolve) => call((error) => resolve(error?.code ?? status.OK)));

describe("a program's channel in the engine's process", () => {
  const message = new LogRequest().setMessage("hello");

  it("carries a request and its answer as bytes, and keeps each side's asynchronous context", async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const { client } = opened(({ request }, done) => {
      seen.push(request.getMessage(), request === message, storage.getStore());
      done(null, new Empty());
    });
    await storage.run("program", async () => {
      await codeOf((done) => client.log(message, (error) => done((seen.push(storage.getStore()), error))));
    });
    expect(seen).to.deep.equal(["hello", false, undefined, "program"]);
  });

  it("gives the caller the code and the details of a failure", async () => {
    const { client } = opened((_call, done) => done({ code: status.UNIMPLEMENTED, details: "not here" }));
    const error = await new Promise<ServiceError | null>((resolve) => client.log(message, resolve));
    expect(error).to.include({ code: status.UNIMPLEMENTED, details: "not here" });
  });

  it("fails the call alone whose answer cannot be written", async () => {
    const { client } = opened((_call, done) => done(null, "not a message"));
    expect(await codeOf((done) => client.log(message, done))).to.equal(status.INTERNAL);
  });

  it("knows no method that nobody serves", async () => {
    const { client } = opened((_call, done) => done(null, new Empty()));
    expect(await codeOf((done) => client.getRootResource(new GetRootResourceRequest(), done))).to.equal(
      status.UNIMPLEMENTED,
    );
  });

  it("ends calls without an answer, and all later ones, when the engine closes it", async () => {
    const { server, client } = opened(() => server.close());
    expect(await codeOf((done) => client.log(message, done))).to.equal(status.UNAVAILABLE);
    expect(await codeOf((done) => client.log(message, done))).to.equal(status.UNAVAILABLE);
  });
});

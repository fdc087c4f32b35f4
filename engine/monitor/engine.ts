import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { LogRequest, SetRootResourceRequest } from "@pulumi/pulumi/proto/engine_pb";
import { GetRootResourceResponse, LogSeverity, SetRootResourceResponse } from "@pulumi/pulumi/proto/engine_pb";

import { RefusedError } from "../errors";
import type { Severity } from "../events/observer";
import { unary } from "./monitor";

export interface LogLine {
  readonly urn: string;
  readonly severity: Severity;
  readonly message: string;
  readonly streamId: number;
  readonly ephemeral: boolean;
}

const SEVERITIES: Readonly<Record<number, Severity>> = {
  [LogSeverity.DEBUG]: "debug",
  [LogSeverity.INFO]: "info",
  [LogSeverity.WARNING]: "warning",
  [LogSeverity.ERROR]: "error",
};

/** The engine that a program logs to: `pulumirpc.Engine`. */
export function engineServer(log: (line: LogLine) => void): UntypedServiceImplementation {
  let root = "";
  return {
    log: unary(async (request: LogRequest) => {
      log({
        urn: request.getUrn(),
        severity: SEVERITIES[request.getSeverity()] ?? "info",
        message: request.getMessage(),
        streamId: request.getStreamid(),
        ephemeral: request.getEphemeral(),
      });
      return new Empty();
    }),
    getRootResource: unary(async () => new GetRootResourceResponse().setUrn(root)),
    setRootResource: unary(async (request: SetRootResourceRequest) => {
      root = request.getUrn();
      return new SetRootResourceResponse();
    }),
    startDebugging: unary(async () => {
      throw new RefusedError("attaching a debugger");
    }),
    requirePulumiVersion: unary(async () => {
      throw new RefusedError("requirePulumiVersion");
    }),
  };
}

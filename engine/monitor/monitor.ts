import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { SupportsFeatureRequest } from "@pulumi/pulumi/proto/resource_pb";
import {
  ReadResourceResponse,
  RegisterResourceResponse,
  Result,
  SupportsFeatureResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import type {
  RegisterErrorHookRequest,
  RegisterResourceHookRequest,
  ReadResourceRequest,
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  ResourceCallRequest,
  ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { CheckFailure, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";

import { registerOutputs } from "../deployment/outputs";
import { readResource } from "../deployment/read";
import { register } from "../deployment/register";
import type { Run } from "../deployment/run";
import { Stopped } from "../deployment/run";
import { messageOf, RefusedError } from "../errors";
import { forProvider, mapValues, withoutOutputs } from "../property/shape";
import { UNKNOWN } from "../property/signature";
import { fromStruct, toStruct } from "../property/wire";
import { isProviderType } from "../urn";
import { DefaultProviders } from "./defaults";
import { invoke } from "./functions";
import type { Callbacks } from "./callbacks";
import { addErrorHook, addResourceHook } from "./hooks";
import { Transforms } from "./transforms";
import { goalOf, readGoalOf } from "./parse";

// What the rest would need is not there; the SDK then refuses it by name itself.
const FEATURES: ReadonlySet<string> = new Set([
  "secrets",
  "resourceReferences",
  "outputValues",
  "aliasSpecs",
  "deletedWith",
  "replaceWith",
  "replacementTrigger",
  "transforms",
  "invokeTransforms",
  "resourceHooks",
  "errorHooks",
]);

export interface MonitorOptions {
  /** Functions of the program that the engine calls. */
  readonly callbacks: Callbacks;
  /** Where `Pulumi.yaml` lies, for positions in the source. */
  readonly projectFolder: string;
  /** Called when the program has registered everything; resolves when the run is over. */
  readonly programDone: () => Promise<void>;
}

type Unary<Request, Response> = (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>) => void;

/** The resource monitor that a program talks to: `pulumirpc.ResourceMonitor`. */
export function resourceMonitor(run: Run, options: MonitorOptions): UntypedServiceImplementation {
  const defaults = new DefaultProviders(run);
  const { callbacks } = options;
  const transforms = new Transforms(callbacks);
  run.hooks.expect();

  const registerResource = async (request: RegisterResourceRequest): Promise<RegisterResourceResponse> => {
    await transforms.apply(request);
    const goal = goalOf(request, options.projectFolder);
    transforms.remember(run.urnOf(goal), request);
    const custom = goal.custom && !isProviderType(goal.type);
    if (custom) {
      run.goOn();
      run.instances.requireType(goal.type, goal.type.slice(0, goal.type.indexOf(":")));
    }
    const provider = custom ? await defaults.referenceFor(goal.type, goal.provider, request.getVersion()) : "";
    const properties =
      isProviderType(goal.type) && request.getVersion() !== ""
        ? { ...goal.properties, __internal: {}, version: request.getVersion() }
        : goal.properties;
    const { state, stables, outcome } = await register(run, { ...goal, properties, provider });
    const response = new RegisterResourceResponse();
    response.setUrn(state.urn);
    response.setId(state.fields.id);
    response.setStablesList([...stables]);
    const wire = { secrets: request.getAcceptsecrets(), resources: request.getAcceptresources() };
    // A component sets its outputs itself.
    const given = outcome === undefined || outcome === "done" ? state.fields.outputs : {};
    response.setObject(toStruct(goal.custom ? given : {}, wire));
    if (outcome === "failed" || outcome === "skipped") {
      response.setResult(outcome === "failed" ? Result.FAIL : Result.SKIP);
    }
    return response;
  };

  const readOne = async (request: ReadResourceRequest): Promise<ReadResourceResponse> => {
    const goal = readGoalOf(request, options.projectFolder);
    run.instances.requireType(goal.type, goal.type.slice(0, goal.type.indexOf(":")));
    const provider = await defaults.referenceFor(goal.type, goal.provider, request.getVersion());
    const id = request.getId();
    const state = await readResource(run, { ...goal, provider }, id === UNKNOWN ? undefined : id);
    const wire = { secrets: request.getAcceptsecrets(), resources: request.getAcceptresources() };
    return new ReadResourceResponse().setUrn(state.urn).setProperties(toStruct(state.fields.outputs, wire));
  };

  const invokeOne = async (request: ResourceInvokeRequest): Promise<InvokeResponse> => {
    await transforms.applyToInvoke(request);
    const { result, failures } = await invoke(run, defaults, {
      token: request.getTok(),
      args: mapValues(fromStruct(request.getArgs()), forProvider),
      provider: request.getProvider(),
      version: request.getVersion(),
    });
    const response = new InvokeResponse();
    response.setReturn(toStruct(result, { secrets: true, resources: request.getAcceptresources() }));
    response.setFailuresList(
      failures.map(({ property, reason }) => new CheckFailure().setProperty(property).setReason(reason)),
    );
    return response;
  };

  return {
    supportsFeature: unary(async (request: SupportsFeatureRequest) =>
      new SupportsFeatureResponse().setHassupport(FEATURES.has(request.getId())),
    ),
    registerResource: unary((request: RegisterResourceRequest) => run.track(() => registerResource(request))),
    registerResourceOutputs: unary(async (request: RegisterResourceOutputsRequest) => {
      const outputs = mapValues(fromStruct(request.getOutputs()), withoutOutputs);
      await run.track(() => registerOutputs(run, request.getUrn(), outputs));
      return new Empty();
    }),
    readResource: unary((request: ReadResourceRequest) => run.track(() => readOne(request))),
    invoke: unary((request: ResourceInvokeRequest) => run.track(() => invokeOne(request))),
    signalAndWaitForShutdown: unary(async () => {
      await options.programDone();
      return new Empty();
    }),
    call: unary(async (request: ResourceCallRequest) => refused(`calls of methods (${request.getTok()})`)),
    getDeploymentInfo: unary(async () => refused("GetDeploymentInfo")),
    registerStackTransform: unary(async (callback: Callback) => {
      transforms.addStack(callback);
      return new Empty();
    }),
    registerStackInvokeTransform: unary(async (callback: Callback) => {
      transforms.addInvoke(callback);
      return new Empty();
    }),
    registerResourceHook: unary(async (request: RegisterResourceHookRequest) => {
      addResourceHook(run.hooks, callbacks, request);
      return new Empty();
    }),
    registerErrorHook: unary(async (request: RegisterErrorHookRequest) => {
      addErrorHook(run.hooks, callbacks, request);
      return new Empty();
    }),
    registerPackage: unary(async () => refused("parameterized packages")),
  };
}

function refused(what: string): never {
  throw new RefusedError(what);
}

/** A handler of one request: `UNAVAILABLE` tells the SDK that the run is over, and it then says nothing more. */
export function unary<Request, Response>(handle: (request: Request) => Promise<Response>): Unary<Request, Response> {
  return (call, done) => {
    handle(call.request).then(
      (response) => done(null, response),
      (error: unknown) => {
        const code =
          error instanceof Stopped
            ? status.UNAVAILABLE
            : error instanceof RefusedError
              ? status.UNIMPLEMENTED
              : status.UNKNOWN;
        done({ code, details: messageOf(error) });
      },
    );
  };
}

import type { RegisterErrorHookRequest, RegisterResourceHookRequest } from "@pulumi/pulumi/proto/resource_pb";
import {
  ErrorHookRequest,
  ErrorHookResponse,
  ResourceHookRequest,
  ResourceHookResponse,
} from "@pulumi/pulumi/proto/resource_pb";

import type { HookCall, Hooks } from "../deployment/hooks";
import { EngineError } from "../errors";
import type { PropertyMap } from "../property/value";
import { toStruct } from "../property/wire";
import type { Callbacks } from "./callbacks";

const WIRE = { secrets: true, resources: true };

/** Registers a hook that runs before or after operations. */
export function addResourceHook(hooks: Hooks, callbacks: Callbacks, request: RegisterResourceHookRequest): void {
  const callback = request.getCallback();
  if (callback === undefined) {
    throw new EngineError(`the hook '${request.getName()}' has no callback`);
  }
  hooks.add(request.getName(), {
    kind: "step",
    onDryRun: request.getOnDryRun(),
    ignoreErrors: (request as { getIgnoreErrors?: () => boolean }).getIgnoreErrors?.() ?? false,
    run: async (call) => {
      const message = filled(new ResourceHookRequest(), call);
      message.setNewOutputs(structOf(call.newOutputs));
      const answer = await callbacks.call(callback, message.serializeBinary());
      return ResourceHookResponse.deserializeBinary(answer).getError();
    },
  });
}

/** Registers a hook that decides whether a failed operation is tried again. */
export function addErrorHook(hooks: Hooks, callbacks: Callbacks, request: RegisterErrorHookRequest): void {
  const callback = request.getCallback();
  if (callback === undefined) {
    throw new EngineError(`the hook '${request.getName()}' has no callback`);
  }
  hooks.add(request.getName(), {
    kind: "error",
    run: async (call, operation, errors) => {
      const message = filled(new ErrorHookRequest(), call);
      message.setFailedOperation(operation);
      message.setErrorsList([...errors]);
      const answer = ErrorHookResponse.deserializeBinary(await callbacks.call(callback, message.serializeBinary()));
      if (answer.getError() !== "") {
        throw new EngineError(answer.getError());
      }
      return answer.getRetry();
    },
  });
}

function filled<M extends ResourceHookRequest | ErrorHookRequest>(message: M, call: HookCall): M {
  message.setUrn(call.urn);
  message.setId(call.id);
  message.setName(call.name);
  message.setType(call.type);
  message.setNewInputs(structOf(call.newInputs));
  message.setOldInputs(structOf(call.oldInputs));
  message.setOldOutputs(structOf(call.oldOutputs));
  return message;
}

function structOf(map: PropertyMap | undefined) {
  return map === undefined ? undefined : toStruct(map, WIRE);
}

import { Alias } from "@pulumi/pulumi/proto/alias_pb";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import type { ResourceInvokeRequest } from "@pulumi/pulumi/proto/resource_pb";
import {
  RegisterResourceRequest,
  TransformInvokeOptions,
  TransformInvokeRequest,
  TransformInvokeResponse,
  TransformRequest,
  TransformResourceOptions,
  TransformResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { isList, isMap } from "../property/shape";
import type { PropertyValue } from "../property/value";
import { OutputValue, Secret } from "../property/value";
import { fromStruct } from "../property/wire";
import type { Callbacks } from "./callbacks";

/**
 * The transforms of a program: those of a resource, then those of its parents, then those of the stack, each given
 * what the one before made of the registration.
 *
 * Source: `resmon.RegisterResource` of `pkg/resource/deploy/source_eval.go`.
 */
export class Transforms {
  private readonly stack: Callback[] = [];
  private readonly invokes: Callback[] = [];
  private readonly ofResource = new Map<string, readonly Callback[]>();
  private readonly parents = new Map<string, string>();

  constructor(private readonly callbacks: Callbacks) {}

  addStack(callback: Callback): void {
    this.stack.push(callback);
  }

  addInvoke(callback: Callback): void {
    this.invokes.push(callback);
  }

  /** Remembers a resource, so that its children inherit its transforms. */
  remember(urn: string, request: RegisterResourceRequest): void {
    this.ofResource.set(urn, request.getTransformsList());
    this.parents.set(urn, request.getParent());
  }

  /** The registration as the transforms leave it; the request itself is changed. */
  async apply(request: RegisterResourceRequest): Promise<void> {
    const all = [...request.getTransformsList()];
    for (let urn = request.getParent(); urn !== ""; urn = this.parents.get(urn) ?? "") {
      all.push(...(this.ofResource.get(urn) ?? []));
    }
    all.push(...this.stack);
    for (const callback of all) {
      const answer = await this.callbacks.call(callback, transformRequest(request).serializeBinary());
      take(request, TransformResponse.deserializeBinary(answer));
    }
    if (all.length > 0) {
      addDependencies(request);
    }
  }

  /** The call of a function as the transforms leave it; the request itself is changed. */
  async applyToInvoke(request: ResourceInvokeRequest): Promise<void> {
    for (const callback of this.invokes) {
      const options = new TransformInvokeOptions();
      options.setProvider(request.getProvider());
      options.setVersion(request.getVersion());
      options.setPluginDownloadUrl(request.getPlugindownloadurl());
      const message = new TransformInvokeRequest();
      message.setToken(request.getTok());
      message.setArgs(request.getArgs());
      message.setOptions(options);
      const bytes = await this.callbacks.call(callback, message.serializeBinary());
      const answer = TransformInvokeResponse.deserializeBinary(bytes);
      request.setArgs(answer.getArgs() ?? new Struct());
      const changed = answer.getOptions();
      if (changed !== undefined) {
        request.setProvider(changed.getProvider());
        request.setVersion(changed.getVersion());
        request.setPlugindownloadurl(changed.getPluginDownloadUrl());
      }
    }
  }
}

function transformRequest(request: RegisterResourceRequest): TransformRequest {
  const message = new TransformRequest();
  message.setType(request.getType());
  message.setName(request.getName());
  message.setCustom(request.getCustom());
  message.setParent(request.getParent());
  message.setProperties(request.getObject() ?? new Struct());
  message.setOptions(optionsOf(request));
  return message;
}

function optionsOf(request: RegisterResourceRequest): TransformResourceOptions {
  const options = new TransformResourceOptions();
  options.setDependsOnList(request.getDependenciesList());
  options.setIgnoreChangesList(request.getIgnorechangesList());
  options.setReplaceOnChangesList(request.getReplaceonchangesList());
  options.setVersion(request.getVersion());
  options.setAliasesList([
    ...request.getAliasurnsList().map((urn) => new Alias().setUrn(urn)),
    ...request.getAliasesList(),
  ]);
  options.setProvider(request.getProvider());
  options.setCustomTimeouts(request.getCustomtimeouts());
  options.setPluginDownloadUrl(request.getPlugindownloadurl());
  options.setDeletedWith(request.getDeletedwith());
  options.setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList());
  options.setHooks(request.getHooks());
  options.setImport(request.getImportid());
  options.setHideDiffList(request.getHidediffsList());
  options.setReplaceWithList(request.getReplaceWithList());
  options.setReplacementTrigger(request.getReplacementTrigger());
  const protect = request.getProtect();
  if (protect !== undefined) {
    options.setProtect(protect);
  }
  const retain = request.getRetainondelete();
  if (retain !== undefined) {
    options.setRetainOnDelete(retain);
  }
  if (request.getDeletebeforereplacedefined()) {
    options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  }
  request.getProvidersMap().forEach((reference, name) => options.getProvidersMap().set(name, reference));
  return options;
}

function take(request: RegisterResourceRequest, answer: TransformResponse): void {
  request.setObject(answer.getProperties() ?? new Struct());
  const options = answer.getOptions();
  if (options === undefined) {
    return;
  }
  request.setDependenciesList(options.getDependsOnList());
  request.setIgnorechangesList(options.getIgnoreChangesList());
  request.setReplaceonchangesList(options.getReplaceOnChangesList());
  request.setVersion(options.getVersion());
  request.setAliasurnsList([]);
  request.setAliasesList(options.getAliasesList());
  request.setProvider(options.getProvider());
  request.setCustomtimeouts(options.getCustomTimeouts());
  request.setPlugindownloadurl(options.getPluginDownloadUrl());
  request.setDeletedwith(options.getDeletedWith());
  request.setAdditionalsecretoutputsList(options.getAdditionalSecretOutputsList());
  request.setHooks(options.getHooks());
  request.setImportid(options.getImport());
  request.setHidediffsList(options.getHideDiffList());
  request.setReplaceWithList(options.getReplaceWithList());
  request.setReplacementTrigger(options.getReplacementTrigger());
  request.setProtect(options.getProtect() ?? false);
  request.setRetainondelete(options.getRetainOnDelete() ?? false);
  const first = options.getDeleteBeforeReplace();
  request.setDeletebeforereplacedefined(first !== undefined);
  request.setDeletebeforereplace(first ?? false);
  request.clearProvidersMap();
  options.getProvidersMap().forEach((reference, name) => request.getProvidersMap().set(name, reference));
}

/** What a transform brings in by an output depends on where that comes from. */
function addDependencies(request: RegisterResourceRequest): void {
  const map = request.getPropertydependenciesMap();
  const all = new Set(request.getDependenciesList());
  for (const [key, value] of Object.entries(fromStruct(request.getObject()))) {
    const found = new Set(map.get(key)?.getUrnsList() ?? []);
    collect(value, found);
    found.forEach((urn) => all.add(urn));
    map.set(key, new RegisterResourceRequest.PropertyDependencies().setUrnsList([...found]));
  }
  request.setDependenciesList([...all]);
}

function collect(value: PropertyValue, into: Set<string>): void {
  if (value instanceof OutputValue) {
    value.dependencies.forEach((urn) => into.add(urn));
    collect(value.element, into);
  } else if (value instanceof Secret) {
    collect(value.element, into);
  } else if (isList(value)) {
    value.forEach((item) => collect(item, into));
  } else if (isMap(value)) {
    Object.values(value).forEach((item) => collect(item, into));
  }
}

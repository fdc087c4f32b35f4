import type { Alias as AliasMessage } from "@pulumi/pulumi/proto/alias_pb";
import type { ReadResourceRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

import { RefusedError } from "../errors";
import { forProvider, mapValues, withoutOutputs } from "../property/shape";
import { fromStruct, fromValue } from "../property/wire";
import type { CustomTimeouts } from "../state/resource";
import type { Alias, Goal } from "../steps/goal";
import { EMPTY_GOAL } from "../steps/goal";
import { parseDuration } from "./duration";
import { sourcePosition, stackTrace } from "./position";

/** @throws for options that this engine does not have, by name. */
export function goalOf(request: RegisterResourceRequest, projectFolder: string): Goal {
  refuse(request);
  const inputs = fromStruct(request.getObject());
  const custom = request.getCustom();
  const trigger = request.getReplacementTrigger();
  return {
    type: request.getType(),
    name: request.getName(),
    custom,
    properties: mapValues(inputs, custom ? forProvider : withoutOutputs),
    parent: request.getParent(),
    protect: request.getProtect() ?? false,
    dependencies: request.getDependenciesList(),
    provider: request.getProvider(),
    propertyDependencies: propertyDependencies(request),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: [...request.getAliasurnsList().map(aliasOfUrn), ...request.getAliasesList().map(aliasOf)],
    importId: request.getImportid(),
    customTimeouts: timeouts(request.getCustomtimeouts()),
    replaceOnChanges: request.getReplaceonchangesList(),
    retainOnDelete: request.getRetainondelete() ?? false,
    deletedWith: request.getDeletedwith(),
    replaceWith: request.getReplaceWithList(),
    hideDiffs: request.getHidediffsList(),
    hooks: hookNames(request),
    replacementTrigger: trigger === undefined ? null : withoutOutputs(fromValue(trigger)),
    sourcePosition: sourcePosition(request.getSourceposition(), projectFolder),
    stackTrace: stackTrace(request.getStacktrace(), projectFolder),
  };
}

/** The goal of a resource that is only read. */
export function readGoalOf(request: ReadResourceRequest, projectFolder: string): Goal {
  if (request.getPackageref() !== "") {
    throw new RefusedError("parameterized packages");
  }
  return {
    ...EMPTY_GOAL,
    type: request.getType(),
    name: request.getName(),
    properties: mapValues(fromStruct(request.getProperties()), forProvider),
    parent: request.getParent(),
    dependencies: request.getDependenciesList(),
    provider: request.getProvider(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    sourcePosition: sourcePosition(request.getSourceposition(), projectFolder),
    stackTrace: stackTrace(request.getStacktrace(), projectFolder),
  };
}

function refuse(request: RegisterResourceRequest): void {
  const asked: readonly (readonly [boolean, string])[] = [
    [request.getRemote(), "remote components (packages that run components in a provider)"],
    [request.getPackageref() !== "", "parameterized packages"],
    [request.getPlugindownloadurl() !== "", "the resource option 'pluginDownloadURL'"],
    [request.getEnvvarmappingsMap().getLength() > 0, "the provider option 'envVarMappings'"],
  ];
  const names = asked.filter(([is]) => is).map(([, name]) => name);
  if (names.length > 0) {
    throw new RefusedError(`${names.join(", ")} (${request.getType()} '${request.getName()}')`);
  }
}

function hookNames(request: RegisterResourceRequest): Record<string, string[]> {
  const hooks = request.getHooks();
  return hooks === undefined
    ? {}
    : {
        BeforeCreate: hooks.getBeforeCreateList(),
        AfterCreate: hooks.getAfterCreateList(),
        BeforeUpdate: hooks.getBeforeUpdateList(),
        AfterUpdate: hooks.getAfterUpdateList(),
        BeforeDelete: hooks.getBeforeDeleteList(),
        AfterDelete: hooks.getAfterDeleteList(),
        OnError: hooks.getOnErrorList(),
      };
}

function propertyDependencies(request: RegisterResourceRequest): Record<string, string[]> {
  const out: [string, string[]][] = [];
  request.getPropertydependenciesMap().forEach((dependencies, key) => out.push([key, dependencies.getUrnsList()]));
  return Object.fromEntries(out);
}

function timeouts(message: RegisterResourceRequest.CustomTimeouts | undefined): CustomTimeouts {
  const asked = {
    create: message?.getCreate() ?? "",
    update: message?.getUpdate() ?? "",
    delete: message?.getDelete() ?? "",
    read: message?.getRead() ?? "",
  };
  return Object.fromEntries(
    Object.entries(asked)
      .filter(([, text]) => text !== "")
      .map(([key, text]) => [key, parseDuration(text)]),
  );
}

function aliasOfUrn(urn: string): Alias {
  return { urn, name: "", type: "", stack: "", project: "", parent: "", noParent: false };
}

function aliasOf(message: AliasMessage): Alias {
  const spec = message.getSpec();
  return {
    urn: message.getUrn(),
    name: spec?.getName() ?? "",
    type: spec?.getType() ?? "",
    stack: spec?.getStack() ?? "",
    project: spec?.getProject() ?? "",
    parent: spec?.getParenturn() ?? "",
    noParent: spec?.getNoparent() ?? false,
  };
}

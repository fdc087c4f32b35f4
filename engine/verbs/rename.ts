import { rename as move } from "node:fs/promises";

import { EngineError } from "../errors";
import { StackFile } from "../project/stackfile";
import { isList, isMap, mapValues, secretOf } from "../property/shape";
import type { PropertyMap, PropertyValue } from "../property/value";
import { OutputValue, ResourceReference, Secret } from "../property/value";
import { EncryptingCodec } from "../secrets/manager";
import { checkpointText, deploymentText, emptyCheckpoint } from "../state/checkpoint";
import { isMissing } from "../state/files";
import type { StackName } from "../state/names";
import { parseStackName, qualifiedName } from "../state/names";
import { withNewNames } from "../state/rename";
import type { ResourceState } from "../state/resource";
import { makeUrn, parseReference, parseUrn, ROOT_STACK_TYPE } from "../urn";
import type { Session } from "./session";

/**
 * Gives a stack another name: in its state, its history and its configuration file.
 *
 * Source: `RenameStack` of `pkg/resource/edit/operations.go` and `pkg/backend/diy/backend.go`.
 */
export async function renameStack(session: Session): Promise<void> {
  const [given] = session.args.positional;
  if (given === undefined) {
    throw new EngineError("'pulumi stack rename' needs the new name");
  }
  const project = await session.project();
  const name = await session.stackName();
  const target = parseStackName(given, project.name);
  if (target.project !== name.project) {
    throw new EngineError(`a stack stays in its project '${name.project}'; '${given}' is in '${target.project}'`);
  }
  await session.checkpoint(name);
  const backend = await session.backend();
  await backend.lock(name).hold(async () => {
    if ((await backend.read(target)) !== undefined) {
      throw new EngineError(`a stack named ${qualifiedName(target)} already exists`);
    }
    await backend.create(target, await renamedCheckpoint(session, name, target));
    await backend.moveHistory(name, target);
    await backend.remove(name);
  });
  const file = await StackFile.read(project, name.stack);
  await move(file.path, (await StackFile.read(project, target.stack)).path).catch((cause: unknown) => {
    if (!isMissing(cause)) {
      throw cause;
    }
  });
  await session.select(target.stack);
  session.output.out(`Renamed ${name.stack} to ${target.stack}\n`);
}

async function renamedCheckpoint(session: Session, name: StackName, target: StackName): Promise<string> {
  const raw = await session.checkpoint(name);
  const { snapshot, codec } = await session.open(raw);
  const salt = (raw.deployment?.["secrets_providers"] as { state?: { salt?: string } } | undefined)?.state?.salt;
  if (codec === undefined || salt === undefined) {
    return emptyCheckpoint(target);
  }
  const urnOf = (urn: string) => renamedUrn(urn, name, target);
  const all = [...snapshot.resources, ...snapshot.pending.map(({ resource }) => resource)];
  const named = all.flatMap(({ urn, fields }) => {
    const { parent, deletedWith, dependencies, replaceWith, propertyDependencies, provider } = fields;
    const reference = provider === "" ? [] : [parseReference(provider).urn];
    const properties = Object.values(propertyDependencies).flat();
    return [urn, parent, deletedWith, ...dependencies, ...replaceWith, ...properties, ...reference];
  });
  const names = new Map(named.filter((urn) => urn !== "").map((urn) => [urn, urnOf(urn)]));
  const renamed = (resource: ResourceState) => {
    const { fields } = resource;
    return withNewNames(resource, names).copy({
      urn: urnOf(resource.urn),
      aliases: fields.aliases.map(urnOf),
      inputs: renamedMap(fields.inputs, urnOf),
      outputs: renamedMap(fields.outputs, urnOf),
      replacementTrigger: renamedValue(fields.replacementTrigger, urnOf),
    });
  };
  const now = {
    resources: snapshot.resources.map(renamed),
    pending: snapshot.pending.map(({ resource, type }) => ({ resource: renamed(resource), type })),
  };
  return checkpointText(target, deploymentText(now, salt, codec as EncryptingCodec, new Date()));
}

/** A URN of the stack under its new name; any other stays. The stack itself is named after its project and its name. */
function renamedUrn(urn: string, from: StackName, to: StackName): string {
  const { stack, project, qualifiedType, name } = parseUrn(urn);
  if (stack !== from.stack || project !== from.project) {
    return urn;
  }
  const own = qualifiedType === ROOT_STACK_TYPE ? `${to.project}-${to.stack}` : name;
  return makeUrn(to.stack, to.project, "", qualifiedType, own);
}

function renamedMap(map: PropertyMap, urnOf: (urn: string) => string): PropertyMap {
  return Object.values(map).some(hasReference) ? mapValues(map, (value) => renamedValue(value, urnOf)) : map;
}

function hasReference(value: PropertyValue): boolean {
  if (value instanceof ResourceReference || value instanceof OutputValue) {
    return true;
  }
  if (value instanceof Secret) {
    return hasReference(value.element);
  }
  return isList(value) ? value.some(hasReference) : isMap(value) && Object.values(value).some(hasReference);
}

function renamedValue(value: PropertyValue, urnOf: (urn: string) => string): PropertyValue {
  if (!hasReference(value)) {
    return value;
  }
  if (value instanceof ResourceReference) {
    return new ResourceReference(urnOf(value.urn), value.id, value.packageVersion);
  }
  if (value instanceof OutputValue) {
    const element = renamedValue(value.element, urnOf);
    return new OutputValue(element, value.known, value.secret, value.dependencies.map(urnOf));
  }
  if (value instanceof Secret) {
    return secretOf(renamedValue(value.element, urnOf));
  }
  if (isList(value)) {
    return value.map((item) => renamedValue(item, urnOf));
  }
  return isMap(value) ? mapValues(value, (item) => renamedValue(item, urnOf)) : value;
}

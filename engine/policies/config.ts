import { readFile } from "node:fs/promises";

import type { AnalyzerInfo } from "@pulumi/pulumi/proto/analyzer_pb";
import { ConfigureAnalyzerRequest, EnforcementLevel, PolicyConfig } from "@pulumi/pulumi/proto/analyzer_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { EngineError } from "../errors";

const LEVELS: Readonly<Record<string, EnforcementLevel>> = {
  advisory: EnforcementLevel.ADVISORY,
  mandatory: EnforcementLevel.MANDATORY,
  disabled: EnforcementLevel.DISABLED,
  remediate: EnforcementLevel.REMEDIATE,
};

type Written = Readonly<Record<string, JavaScriptValue>>;

interface Setting {
  readonly level: EnforcementLevel | undefined;
  readonly properties: Written;
}

/**
 * Reads the file of `--policy-pack-config`: by policy name, or `all`, a level or an object with `enforcementLevel` and
 * the policy's own properties.
 *
 * @throws if it is not such a file.
 */
export async function readPolicyConfig(path: string): Promise<ReadonlyMap<string, Setting>> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new EngineError(`could not read the policy configuration ${path}: ${String(cause)}`, { cause });
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new EngineError(`${path}: the policy configuration must be an object, by name of policy`);
  }
  return new Map(Object.entries(json).map(([name, value]) => [name, settingOf(path, name, value)]));
}

function settingOf(path: string, name: string, value: unknown): Setting {
  const { enforcementLevel, ...properties } =
    typeof value === "object" && value !== null ? (value as Written) : { enforcementLevel: value as string };
  const level = typeof enforcementLevel === "string" ? LEVELS[enforcementLevel] : undefined;
  if (enforcementLevel !== undefined && level === undefined) {
    const known = Object.keys(LEVELS).join(", ");
    throw new EngineError(`${path}: '${name}' has an enforcement level that is none of ${known}`);
  }
  return { level, properties };
}

/**
 * The configuration of a pack's policies: what the file says over what the pack brings along.
 *
 * @throws if a policy lacks a property that its schema requires; all are named.
 */
export function packConfig(info: AnalyzerInfo, settings: ReadonlyMap<string, Setting>): ConfigureAnalyzerRequest {
  const message = new ConfigureAnalyzerRequest();
  const all = settings.get("all");
  const missing: string[] = [];
  for (const policy of info.getPoliciesList()) {
    const name = policy.getName();
    const initial = info.getInitialconfigMap().get(name);
    const given = settings.get(name);
    const properties = {
      ...defaultsOf(policy.getConfigschema()?.getProperties()),
      ...(initial?.getProperties()?.toJavaScript() as Written | undefined),
      ...all?.properties,
      ...given?.properties,
    };
    const level = given?.level ?? all?.level ?? initial?.getEnforcementlevel() ?? policy.getEnforcementlevel();
    if (level !== EnforcementLevel.DISABLED) {
      const required = policy.getConfigschema()?.getRequiredList() ?? [];
      missing.push(...required.filter((key) => properties[key] === undefined).map((key) => `${name}: ${key}`));
    }
    const config = new PolicyConfig().setEnforcementlevel(level).setProperties(Struct.fromJavaScript(properties));
    message.getPolicyconfigMap().set(name, config);
  }
  if (missing.length > 0) {
    throw new EngineError(
      `validating policy config of ${info.getName()}: required properties are missing: ${missing.join("; ")}`,
    );
  }
  return message;
}

/** The default values of a policy's properties, from its JSON schema. */
function defaultsOf(schema: Struct | undefined): Written {
  const properties = (schema?.toJavaScript() ?? {}) as Readonly<Record<string, { readonly default?: JavaScriptValue }>>;
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, { default: value }]) => (value === undefined ? [] : [[key, value]])),
  );
}

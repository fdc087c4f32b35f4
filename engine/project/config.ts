import { EngineError, RefusedError } from "../errors";
import type { PropertyMap, PropertyValue } from "../property/value";
import { Secret } from "../property/value";
import type { Crypter } from "../secrets/passphrase";
import type { Project } from "./project";
import type { StackFile } from "./stackfile";
import type { ConfigValue, OpenValue } from "./values";
import { configKey, hasSecure, openValue, secretsIn } from "./values";

/** A stack's whole configuration: the project's values under the stack's. */
export class StackConfig {
  private constructor(
    /** As written, secrets encrypted. */
    readonly raw: Readonly<Record<string, ConfigValue>>,
    private readonly crypter: Crypter | undefined,
  ) {}

  /** @param crypter may be missing if nothing is secret, or if nobody is to see the secrets. */
  static of(project: Project, file: StackFile, crypter: Crypter | undefined): StackConfig {
    const raw: Record<string, ConfigValue> = {};
    for (const [key, declared] of Object.entries(project.config)) {
      const value = projectValue(key, declared);
      if (value !== undefined) {
        raw[configKey(key, project.name)] = value;
      }
    }
    return new StackConfig({ ...raw, ...file.config() }, crypter);
  }

  /** Every value, opened. */
  open(): Record<string, OpenValue> {
    return Object.fromEntries(Object.entries(this.raw).map(([key, value]) => [key, openValue(value, this.crypter)]));
  }

  /** Every value as people may see it: `[secret]` in the place of secrets. */
  masked(): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.raw).map(([key, value]) => [
        key,
        hasSecure(value) ? "[secret]" : openValue(value, undefined).value,
      ]),
    );
  }

  /** Every secret in clear, to know it again where it must not be shown. */
  secrets(): string[] {
    const { crypter } = this;
    return crypter === undefined ? [] : Object.values(this.raw).flatMap((value) => secretsIn(value, crypter));
  }

  /** The keys of secret values. */
  secretKeys(): string[] {
    return Object.keys(this.raw).filter((key) => hasSecure(this.raw[key] ?? null));
  }

  /** The values in a package's namespace, for its default provider. */
  ofPackage(pkg: string): PropertyMap {
    const out: Record<string, PropertyValue> = {};
    for (const [key, value] of Object.entries(this.raw)) {
      if (key.startsWith(`${pkg}:`)) {
        const open = openValue(value, this.crypter);
        out[key.slice(pkg.length + 1)] = open.secret ? new Secret(open.value) : open.value;
      }
    }
    return out;
  }
}

function projectValue(key: string, declared: unknown): ConfigValue | undefined {
  if (typeof declared !== "object" || declared === null) {
    return declared as ConfigValue;
  }
  const { value, default: fallback, description: _description, ...rest } = declared as Record<string, unknown>;
  const foreign = Object.keys(rest);
  if (foreign.length > 0) {
    throw new RefusedError(`'${foreign.join("', '")}' of the project's configuration key '${key}'`);
  }
  if (value !== undefined && fallback !== undefined) {
    throw new EngineError(`the project's configuration key '${key}' has both a value and a default`);
  }
  return (value ?? fallback) as ConfigValue | undefined;
}

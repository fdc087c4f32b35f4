import * as pulumi from "@pulumi/pulumi";
import { fieldText, type Step } from "../policy/objects/json";

const { specialSigKey, specialSecretSig } = pulumi.runtime;

/** Takes the SDK's marks of secrets off a tree of inputs. @returns plain data, and the paths of what was marked. */
export function plainWithSecrets(marked: unknown): { readonly value: unknown; readonly secrets: readonly string[] } {
  const secrets: string[] = [];
  const plain = (value: unknown, path: readonly Step[]): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item, index) => plain(item, [...path, index]));
    const mapping = value as Record<string, unknown>;
    if (mapping[specialSigKey] === specialSecretSig) {
      secrets.push(fieldText(path));
      return plain(mapping["value"], path);
    }
    return Object.fromEntries(Object.entries(mapping).map(([key, part]) => [key, plain(part, [...path, key])]));
  };
  return { value: plain(marked, []), secrets };
}

import { at, mapping } from "../objects/json";
import { objectOf } from "../resource";
import type { ResourceRule } from "../rule";
import { violation } from "../violation";

export const sopsInGit: ResourceRule = {
  name: "sops-in-git",
  area: "secrets",
  scope: "resource",
  description: "A Secret in Git is encrypted by SOPS.",
  why: "Git keeps everything for ever, on the hub and on every site that mirrors it.",
  fix: "Encrypt data and stringData with SOPS for the site's key, or leave the Secret to the stack.",
  level: "mandatory",
  check: (resource) => {
    const secret = resource.origin === "git" ? objectOf(resource, "", "Secret") : undefined;
    if (secret === undefined) return [];
    const limit = "it is encrypted by SOPS: ENC[...] under a sops block";
    if (at(secret.object, "sops", "mac") === undefined) {
      return [violation(resource, { field: "sops", value: "missing", limit })];
    }
    return ["data", "stringData"].flatMap((key) =>
      Object.entries(mapping(at(secret.object, key)))
        .filter(([, value]) => typeof value !== "string" || !/^ENC\[.*\]$/s.test(value))
        .map(([name]) => violation(resource, { field: [key, name], value: "in clear", limit })),
    );
  },
};

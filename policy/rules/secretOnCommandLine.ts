import { at, leaves, list, text } from "../objects/json";
import { containersOf, podSource } from "../objects/pods";
import { commandCarriesSecret } from "../objects/secrets";
import type { Resource } from "../resource";
import type { ResourceRule } from "../rule";
import { violation } from "../violation";

const limit = "a secret comes by standard input, a file or the environment";

export const secretOnCommandLine: ResourceRule = {
  name: "secret-on-command-line",
  area: "secrets",
  scope: "resource",
  description: "No command line carries a secret.",
  why: "Every user of a machine reads the command lines of all processes, and shells and audit logs keep them.",
  fix: "Give it by standard input, by a file or by the environment.",
  level: "mandatory",
  check: (resource) => [...ofCommands(resource), ...ofContainers(resource)],
};

function ofCommands(resource: Resource) {
  if (!resource.type.startsWith("command:")) return [];
  const secrets = new Set(resource.secrets ?? []);
  return ["create", "update", "delete"].flatMap((key) => {
    const command = text(at(resource.props, key));
    if (command === undefined || !(secrets.has(key) || commandCarriesSecret(command))) return [];
    return [
      violation(resource, { field: key, value: `a command with a secret (${command.length} characters)`, limit }),
    ];
  });
}

function ofContainers(resource: Resource) {
  const pod = podSource(resource);
  if (pod === undefined) return [];
  return containersOf(pod).flatMap(({ path, container }) =>
    ["command", "args"].flatMap((key) => {
      const words = list(container[key]).map((word) => text(word) ?? "");
      // An option and its value may be two words.
      const found = words.findIndex(
        (word, index) => commandCarriesSecret(word) || commandCarriesSecret(`${word} ${words[index + 1] ?? ""}`),
      );
      if (found < 0 || [...leaves(container[key])].length === 0) return [];
      return [violation(resource, { field: [...path, key, found], value: "an argument with a secret", limit })];
    }),
  );
}

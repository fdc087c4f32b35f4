import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";

const secretKey = /(password|passwd|token|secret|authorization|credential)/i;

/** Texts of a site's variables that must not be shown, such as a registry's login in `containerd.yml`. */
export async function secretsOfVariables(siteDirectory: string): Promise<string[]> {
  const folder = path.join(siteDirectory, "inventory", "group_vars");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name));
  const texts = await Promise.all(files.map((entry) => readFile(path.join(entry.parentPath, entry.name), "utf8")));
  return texts.flatMap((text) => secretTexts(parsed(text)));
}

/** The texts under keys that name secrets, at any depth. Pure. */
export function secretTexts(value: unknown, named = false): string[] {
  if (typeof value === "string") return named ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => secretTexts(item, named));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => secretTexts(part, named || secretKey.test(key)));
}

function parsed(text: string): unknown {
  try {
    return parse(text, { version: "1.1" });
  } catch {
    // Ansible will say what is wrong with it.
    return undefined;
  }
}

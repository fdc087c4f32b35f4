import { posix } from "node:path";
import { ComponentArgumentError } from "../argumentError";

/** A file of a site before it is written. */
export interface PlannedFile {
  /** Relative to the site's folder, with `/`, such as `inventory/hosts.yaml`. */
  readonly path: string;
  readonly content: string;
}

/**
 * Takes a path only if it names a file below the folder it is relative to.
 * @returns the path as given.
 * @throws ComponentArgumentError `EDGE-COMPONENT-002` for an absolute path, one with `.`, `..`, empty parts or a
 * trailing slash, a backslash, or a control character.
 */
export function containedPath(path: string): string {
  const escapes =
    path === "" ||
    posix.isAbsolute(path) ||
    path.split("/").some((part) => part === "" || part === "." || part === "..") ||
    /[\\\u0000-\u001f\u007f]/.test(path);
  if (!escapes) return path;
  throw new ComponentArgumentError(
    "EDGE-COMPONENT-002",
    "writtenFile",
    "path",
    `${JSON.stringify(path)} does not name a file inside the site's folder`,
    `Give a relative path without "." and ".." parts`,
  );
}

// The target comes by the environment, so that no character in it is ever read as shell. `cat` and `mv` in the same
// folder make the write atomic: a reader sees the old content or the new one. `mv` would move the file into a folder of
// its name and call that a success.
const write = [
  'mkdir -p -- "${FILE%/*}" && cat > "$FILE.part" || exit',
  'if [ -d "$FILE" ]; then',
  '  rm -f -- "$FILE.part"',
  '  printf "%s\\n" "$FILE is a folder, and a file must be written there. Move the folder away and run again." >&2',
  "  exit 1",
  "fi",
  'mv -f -- "$FILE.part" "$FILE"',
].join("\n");

// Folders are pruned from the file upwards; rmdir stops by itself at the first one that something else still uses.
const remove = [
  'rm -f -- "$ROOT/$RELATIVE" "$ROOT/$RELATIVE.part"',
  "folder=$RELATIVE",
  'while [ "$folder" != "${folder%/*}" ]; do folder=${folder%/*}; rmdir -- "$ROOT/$folder" 2>/dev/null || exit 0; done',
  'rmdir -- "$ROOT" 2>/dev/null || true',
].join("\n");

export interface FileCommands {
  readonly write: string;
  readonly remove: string;
  readonly environment: Readonly<Record<"FILE" | "ROOT" | "RELATIVE", string>>;
}

/**
 * The shell that writes and removes one file; its content comes on stdin.
 * @param directory absolute path of the site's folder.
 * @param mode `private` keeps everybody but the owner out, from the first byte on.
 * @throws ComponentArgumentError if the path leaves the folder or the folder is not absolute.
 */
export function fileCommands(directory: string, path: string, mode: "public" | "private"): FileCommands {
  if (!posix.isAbsolute(directory)) {
    throw new ComponentArgumentError(
      "EDGE-COMPONENT-003",
      "writtenFile",
      "directory",
      `${JSON.stringify(directory)} is not absolute`,
      "Resolve the output folder before it is given to a component",
    );
  }
  const relative = containedPath(path);
  const root = posix.normalize(directory).replace(/(.)\/+$/, "$1");
  return {
    write: `umask ${mode === "private" ? "077" : "022"}\n${write}`,
    remove,
    environment: { FILE: `${root}/${relative}`, ROOT: root, RELATIVE: relative },
  };
}

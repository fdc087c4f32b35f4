/** A name or path that must not become part of a ref or a file system path. `where` says what it is the name of. */
export class UnsafeName extends Error {
  override readonly name = "UnsafeName";
  constructor(
    readonly where: "site" | "release" | "file",
    readonly value: string,
    rule: string,
  ) {
    super(
      `The ${where} name ${JSON.stringify(value)} cannot be used in Git: ${rule}. ` +
        `Rename the ${where} in the fleet's files and publish again.`,
    );
  }
}

// RFC 1123, section 2.1, as Kubernetes reads it: at most 63 characters.
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Returns a site's name if it is a DNS label. @throws UnsafeName */
export function checkedSite(name: string): string {
  if (!label.test(name)) {
    throw new UnsafeName(
      "site",
      name,
      "it has to be a DNS label ([a-z0-9-], at most 63 characters, no hyphen at an end)",
    );
  }
  return name;
}

/**
 * Returns a release's name if it is DNS labels joined by single dots, such as `2026.11.0`. git-check-ref-format(1)
 * forbids a last label `lock`, so it is refused too.
 * @throws UnsafeName
 */
export function checkedRelease(name: string): string {
  const labels = name.split(".");
  if (!labels.every((part) => label.test(part)) || labels.at(-1) === "lock") {
    throw new UnsafeName(
      "release",
      name,
      "it has to be DNS labels joined by dots, such as 2026.11.0, without .lock at the end",
    );
  }
  return name;
}

const segment = /^[A-Za-z0-9_.-]+$/;

/** Returns a path inside a repository if it is relative, plain and cannot reach outside or into `.git`. @throws UnsafeName */
export function checkedPath(path: string): string {
  const safe = path
    .split("/")
    .every((part) => segment.test(part) && part !== "." && part !== ".." && part.toLowerCase() !== ".git");
  if (!safe)
    throw new UnsafeName("file", path, "each part of its path has to match [A-Za-z0-9_.-]+ and be none of ., .., .git");
  return path;
}

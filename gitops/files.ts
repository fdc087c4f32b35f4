/** Text files by path relative to the repository's root, with `/` between the parts. */
export type Files = ReadonlyMap<string, string>;

/** All files of several trees in one. @throws if two trees have a file at the same path. */
export function joinFiles(...trees: readonly Files[]): Files {
  const joined = new Map<string, string>();
  for (const tree of trees) {
    for (const [path, text] of tree) {
      if (joined.has(path)) throw new Error(`Two parts of the rendered tree both hold the file ${path}.`);
      joined.set(path, text);
    }
  }
  return joined;
}

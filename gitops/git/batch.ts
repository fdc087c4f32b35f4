/** An object as `git cat-file --batch` gives it. */
export interface GitObject {
  readonly id: string;
  readonly type: string;
  readonly content: Buffer;
}

/**
 * What `git cat-file --batch` has written, in the order that was asked for: a line `id type size`, the content, a newline.
 * @returns undefined in the place of each that is not there.
 */
export function batchedObjects(output: Buffer): readonly (GitObject | undefined)[] {
  const objects: (GitObject | undefined)[] = [];
  for (let offset = 0; offset < output.length;) {
    const end = output.indexOf(0x0a, offset);
    const line = output.toString("utf8", offset, end === -1 ? output.length : end);
    offset = end === -1 ? output.length : end + 1;
    const [, id, type, size] = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(line) ?? [];
    if (id === undefined || type === undefined) {
      objects.push(undefined);
      continue;
    }
    objects.push({ id, type, content: output.subarray(offset, offset + Number(size)) });
    // A newline ends each object.
    offset += Number(size) + 1;
  }
  return objects;
}

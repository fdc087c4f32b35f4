import { createHash } from "node:crypto";
import type { Files } from "../files";
import { checkedPath } from "../names";

export type ObjectType = "blob" | "tree" | "commit";

/** Git's object id (SHA-1): the digest over `<type> <length>\0<content>`. Source: gitformat-loose(5), Pro Git 10.2. */
export function objectId(type: ObjectType, content: Buffer): Buffer {
  return createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest();
}

/** Remembers the ids of texts that many trees share, such as the base services in every site's cut. */
export class BlobIds {
  readonly #ids = new Map<string, Buffer>();

  of(text: string): Buffer {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = objectId("blob", Buffer.from(text));
      this.#ids.set(text, id);
    }
    return id;
  }
}

/** A tree with all that is below it, as Git keeps it. */
export interface TreeObjects {
  /** 40 hex digits. */
  readonly id: string;
  /** Contents of the tree objects by id; equal folders are there once. */
  readonly trees: ReadonlyMap<string, Buffer>;
  /** Texts of the blobs by id; equal files are there once. */
  readonly blobs: ReadonlyMap<string, string>;
}

interface Folder {
  readonly blobs: Map<string, Buffer>;
  readonly folders: Map<string, Folder>;
}

/**
 * The objects that Git makes of these files, all with mode 100644, without a process or a repository.
 * @throws UnsafeName for a path that must not be in a tree
 */
export function treeObjects(files: Iterable<readonly [string, string]>, ids = new BlobIds()): TreeObjects {
  const root = emptyFolder();
  const blobs = new Map<string, string>();
  for (const [path, text] of files) {
    const parts = checkedPath(path).split("/");
    const file = parts.pop() ?? "";
    let folder = root;
    for (const part of parts) {
      let next = folder.folders.get(part);
      if (next === undefined) folder.folders.set(part, (next = emptyFolder()));
      folder = next;
    }
    const id = ids.of(text);
    folder.blobs.set(file, id);
    blobs.set(id.toString("hex"), text);
  }
  const trees = new Map<string, Buffer>();
  return { id: collect(root, trees).toString("hex"), trees, blobs };
}

/** The id (40 hex digits) of the tree of these files; see `treeObjects`. It tells whether a publish changes anything. */
export function treeId(files: Iterable<readonly [string, string]>, ids = new BlobIds()): string {
  return treeObjects(files, ids).id;
}

/** The tree without entries; the same in every repository. */
export const emptyTree = treeId(new Map<string, string>() satisfies Files);

function emptyFolder(): Folder {
  return { blobs: new Map(), folders: new Map() };
}

function collect(folder: Folder, trees: Map<string, Buffer>): Buffer {
  const entries: { key: string; header: string; id: Buffer }[] = [];
  for (const [name, id] of folder.blobs) entries.push({ key: name, header: `100644 ${name}\0`, id });
  // Git sorts a folder as if its name ended in a slash.
  for (const [name, inner] of folder.folders) {
    entries.push({ key: `${name}/`, header: `40000 ${name}\0`, id: collect(inner, trees) });
  }
  entries.sort((a, b) => (a.key < b.key ? -1 : 1));
  const content = Buffer.concat(entries.flatMap(({ header, id }) => [Buffer.from(header), id]));
  const id = objectId("tree", content);
  trees.set(id.toString("hex"), content);
  return id;
}

import { createHash } from "node:crypto";
import type { Files } from "../files";
import { checkedPath } from "../names";

export type ObjectType = "blob" | "tree" | "commit";

/** Git's object id (SHA-1): the digest over `<type> <length>\0<content>`. Source: gitformat-loose(5), Pro Git 10.2. */
export function objectId(type: ObjectType, content: Buffer): Buffer {
  return createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest();
}

/**
 * Knows the ids of texts that many trees share, such as the base services in every site's cut. Those of one tree alone
 * are not kept: a fleet of thousands has a hundred times as many.
 */
export class BlobIds {
  readonly #ids: ReadonlyMap<string, Buffer>;

  /** @param shared the texts whose ids are kept. */
  constructor(shared: Iterable<string> = []) {
    this.#ids = new Map([...shared].map((text) => [text, blobId(text)]));
  }

  of(text: string): Buffer {
    return this.#ids.get(text) ?? blobId(text);
  }

  /** Ids of the shared texts, in hex. */
  shared(): ReadonlySet<string> {
    return new Set([...this.#ids.values()].map((id) => id.toString("hex")));
  }
}

function blobId(text: string): Buffer {
  return objectId("blob", Buffer.from(text));
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
  const blobs = new Map<string, string>();
  const root = foldersOf(files, ids, (id, text) => blobs.set(id.toString("hex"), text));
  const trees = new Map<string, Buffer>();
  const id = collect(root, (id, content) => trees.set(id.toString("hex"), content));
  return { id: id.toString("hex"), trees, blobs };
}

/** The id (40 hex digits) of the tree of these files; see `treeObjects`. It tells whether a publish changes anything. */
export function treeId(files: Iterable<readonly [string, string]>, ids = new BlobIds()): string {
  const nothing = () => undefined;
  return collect(foldersOf(files, ids, nothing), nothing).toString("hex");
}

/** The tree without entries; the same in every repository. */
export const emptyTree = treeId(new Map<string, string>() satisfies Files);

function foldersOf(
  files: Iterable<readonly [string, string]>,
  ids: BlobIds,
  onBlob: (id: Buffer, text: string) => void,
): Folder {
  const root = emptyFolder();
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
    onBlob(id, text);
  }
  return root;
}

function emptyFolder(): Folder {
  return { blobs: new Map(), folders: new Map() };
}

function collect(folder: Folder, onTree: (id: Buffer, content: Buffer) => void): Buffer {
  const entries: { key: string; header: string; id: Buffer }[] = [];
  for (const [name, id] of folder.blobs) entries.push({ key: name, header: `100644 ${name}\0`, id });
  // Git sorts a folder as if its name ended in a slash.
  for (const [name, inner] of folder.folders) {
    entries.push({ key: `${name}/`, header: `40000 ${name}\0`, id: collect(inner, onTree) });
  }
  entries.sort((a, b) => (a.key < b.key ? -1 : 1));
  const content = Buffer.concat(entries.flatMap(({ header, id }) => [Buffer.from(header), id]));
  const id = objectId("tree", content);
  onTree(id, content);
  return id;
}

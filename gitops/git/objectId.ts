import { createHash } from "node:crypto";
import type { Files } from "../files";
import { checkedPath } from "../names";

/** Git's object id (SHA-1): the digest over `<type> <length>\0<content>`. Source: gitformat-loose(5), Pro Git 10.2. */
function objectId(type: "blob" | "tree", content: Buffer): Buffer {
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

interface Folder {
  readonly blobs: Map<string, Buffer>;
  readonly folders: Map<string, Folder>;
}

/**
 * The id (40 hex digits) that Git gives the tree of these files, all with mode 100644, without a process or a
 * repository: it answers whether a publish changes anything before anything is started.
 * @throws UnsafeName for a path that must not be in a tree
 */
export function treeId(files: Iterable<readonly [string, string]>, blobs = new BlobIds()): string {
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
    folder.blobs.set(file, blobs.of(text));
  }
  return idOfFolder(root).toString("hex");
}

/** The tree without entries; the same in every repository. */
export const emptyTree = treeId(new Map<string, string>() satisfies Files);

function emptyFolder(): Folder {
  return { blobs: new Map(), folders: new Map() };
}

function idOfFolder(folder: Folder): Buffer {
  const entries: { key: string; header: string; id: Buffer }[] = [];
  for (const [name, id] of folder.blobs) entries.push({ key: name, header: `100644 ${name}\0`, id });
  // Git sorts a folder as if its name ended in a slash.
  for (const [name, inner] of folder.folders) {
    entries.push({ key: `${name}/`, header: `40000 ${name}\0`, id: idOfFolder(inner) });
  }
  entries.sort((a, b) => (a.key < b.key ? -1 : 1));
  return objectId("tree", Buffer.concat(entries.flatMap(({ header, id }) => [Buffer.from(header), id])));
}

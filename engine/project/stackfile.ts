import { join } from "node:path";

import { Document, isMap, parseDocument } from "yaml";

import { EngineError, RefusedError } from "../errors";
import { readIfThere, writeAtomic } from "../state/files";
import type { Project } from "./project";
import type { ConfigValue } from "./values";

const KEYS = new Set(["encryptionsalt", "config", "secretsprovider"]);

/** `Pulumi.STACK.yaml`: a stack's configuration and the salt of its secrets. Comments and order stay. */
export class StackFile {
  private constructor(
    readonly path: string,
    private readonly document: Document,
  ) {}

  /** Reads the file; a missing one is empty. */
  static async read(project: Project, stack: string, path?: string): Promise<StackFile> {
    const file = path ?? join(project.stackConfigFolder, `Pulumi.${stack}.yaml`);
    const text = await readIfThere(file);
    const document = text === undefined ? new Document({}) : parseDocument(text);
    if (document.errors.length > 0) {
      throw new EngineError(`could not read ${file}: ${document.errors[0]?.message ?? "it is not YAML"}`);
    }
    if (document.contents === null || !isMap(document.contents)) {
      document.contents = document.createNode({}) as typeof document.contents;
    }
    const keys = Object.keys(document.toJS() as object);
    const foreign = keys.filter((key) => !KEYS.has(key));
    if (foreign.length > 0) {
      throw new RefusedError(`the key(s) ${foreign.join(", ")} of ${file}`);
    }
    const stackFile = new StackFile(file, document);
    const provider = document.get("secretsprovider");
    if (provider !== undefined && provider !== "passphrase" && provider !== "default" && provider !== "") {
      throw new RefusedError(
        `the secrets provider '${String(provider)}'`,
        "only passphrase secrets work without the official CLI",
      );
    }
    return stackFile;
  }

  get salt(): string | undefined {
    const salt = this.document.get("encryptionsalt");
    return typeof salt === "string" && salt !== "" ? salt : undefined;
  }

  setSalt(salt: string): void {
    this.document.set("encryptionsalt", salt);
  }

  /** All values, by key with its namespace, sorted. */
  config(): Record<string, ConfigValue> {
    const config = (this.document.toJS() as { config?: Record<string, ConfigValue> | null }).config ?? {};
    const full: [string, ConfigValue][] = Object.entries(config);
    return Object.fromEntries(full.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  setConfig(key: string, value: ConfigValue | undefined): void {
    if (value === undefined) {
      this.document.deleteIn(["config", key]);
      const config = this.document.get("config");
      if (isMap(config) && config.items.length === 0) {
        this.document.delete("config");
      }
      return;
    }
    if (!isMap(this.document.get("config"))) {
      this.document.set("config", this.document.createNode({}));
    }
    this.document.setIn(["config", key], this.document.createNode(value));
  }

  async save(): Promise<void> {
    await writeAtomic(this.path, this.document.toString({ lineWidth: 0 }), true);
  }
}

import { isMap } from "../../../property/shape";
import type { PropertyMap, PropertyValue } from "../../../property/value";
import { textAt } from "../kinds";
import { metadataOf, nameOf, namespaceOf } from "../object";
import type { Api } from "./api";
import type { Discovery } from "./discovery";
import { ApiError } from "./failure";

/** How an apply is done. */
export interface ApplyOptions {
  readonly fieldManager: string;
  /** Whether it takes fields over from other managers. */
  readonly force: boolean;
  readonly preview: boolean;
}

/** Which objects are listed or watched: one by its name, or those of a namespace by label selector. */
export interface Selection {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  /** `fieldSelector` or `labelSelector`. */
  readonly query: Readonly<Record<string, string>>;
}

/** Reads and writes the objects of a cluster. */
export class Objects {
  constructor(
    private readonly api: Api,
    private readonly discovery: Discovery,
  ) {}

  /** The object as it is now. @throws ApiError with code 404 if there is none. */
  async get(object: PropertyMap, signal: AbortSignal): Promise<PropertyMap> {
    return await this.api.send({ method: "GET", path: await this.path(object, signal), signal });
  }

  /** The object as it is now, or undefined if it is gone, and its kind too. */
  async find(object: PropertyMap, signal: AbortSignal): Promise<PropertyMap | undefined> {
    try {
      return await this.get(object, signal);
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }

  /** Makes a new object, as the official provider does: by a POST of one manager for all. */
  async create(object: PropertyMap, preview: boolean, signal: AbortSignal): Promise<PropertyMap> {
    return await this.api.send({
      method: "POST",
      path: await this.collection(object, signal),
      query: { fieldManager: "pulumi-kubernetes", ...dryRun(preview) },
      body: object,
      signal,
    });
  }

  /** Puts an object in the place of the one there is, whose `resourceVersion` it must carry. */
  async replace(
    object: PropertyMap,
    fieldManager: string,
    preview: boolean,
    signal: AbortSignal,
  ): Promise<PropertyMap> {
    const query = { fieldManager, ...dryRun(preview) };
    return await this.api.send({ method: "PUT", path: await this.path(object, signal), query, body: object, signal });
  }

  /** Applies an object on the server. @throws ApiError with code 409 if others manage fields that it changes. */
  async apply(object: PropertyMap, options: ApplyOptions, signal: AbortSignal): Promise<PropertyMap> {
    const { fieldManager, force, preview } = options;
    return await this.api.send({
      method: "PATCH",
      path: await this.path(object, signal),
      query: { fieldManager, force: String(force), ...dryRun(preview) },
      body: object,
      // JSON is YAML.
      contentType: "application/apply-patch+yaml",
      signal,
    });
  }

  /** Gives up every field that a manager holds by applying nothing but the object's identity. */
  async relinquish(object: PropertyMap, fieldManager: string, signal: AbortSignal): Promise<void> {
    const namespace = namespaceOf(object);
    const identity = {
      apiVersion: textAt(object, "apiVersion"),
      kind: textAt(object, "kind"),
      metadata: { name: nameOf(object), ...(namespace === "" ? {} : { namespace }) },
    };
    await this.apply(identity, { fieldManager, force: false, preview: false }, signal);
  }

  async jsonPatch(object: PropertyMap, patch: PropertyValue, signal: AbortSignal): Promise<PropertyMap> {
    return await this.api.send({
      method: "PATCH",
      path: await this.path(object, signal),
      body: patch,
      contentType: "application/json-patch+json",
      signal,
    });
  }

  /** Deletes an object. @returns the uid of the one that was there; empty if the server does not say. */
  async remove(object: PropertyMap, propagationPolicy: string, signal: AbortSignal): Promise<string> {
    const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy };
    const answer = await this.api.send({ method: "DELETE", path: await this.path(object, signal), body, signal });
    // The object as it goes, or a status that says what is gone.
    return textAt(metadataOf(answer), "uid") || (isMap(answer["details"]) ? textAt(answer["details"], "uid") : "");
  }

  /** The list of what is selected. */
  async list(selection: Selection, signal: AbortSignal): Promise<PropertyMap> {
    const path = await this.collection(within(selection), signal);
    return await this.api.send({ method: "GET", path, query: selection.query, signal });
  }

  /**
   * Watches what is selected and returns when the server ends the watch, after `seconds` at the latest.
   *
   * @param onEvent given each event as it comes: its `type` and `object`.
   */
  async watch(
    selection: Selection,
    resourceVersion: string,
    seconds: number,
    onEvent: (event: PropertyMap) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const path = await this.collection(within(selection), signal);
    const query = {
      ...selection.query,
      watch: "true",
      allowWatchBookmarks: "true",
      resourceVersion,
      timeoutSeconds: String(seconds),
    };
    await this.api.stream({ method: "GET", path, query, signal }, onEvent);
  }

  private async path(object: PropertyMap, signal: AbortSignal): Promise<string> {
    return `${await this.collection(object, signal)}/${encodeURIComponent(nameOf(object))}`;
  }

  private async collection(object: PropertyMap, signal: AbortSignal): Promise<string> {
    const served = await this.discovery.find(textAt(object, "apiVersion"), textAt(object, "kind"), signal);
    const namespace = namespaceOf(object) || "default";
    return served.namespaced
      ? `${served.root}/namespaces/${encodeURIComponent(namespace)}/${served.plural}`
      : `${served.root}/${served.plural}`;
  }
}

function within({ apiVersion, kind, namespace }: Selection): PropertyMap {
  return { apiVersion, kind, metadata: { namespace } };
}

function dryRun(preview: boolean): Readonly<Record<string, string>> {
  return preview ? { dryRun: "All" } : {};
}

import type { PropertyMap, PropertyValue } from "../../../property/value";
import { textAt } from "../kinds";
import { nameOf, namespaceOf } from "../object";
import type { Api } from "./api";
import type { Discovery } from "./discovery";
import { ApiError } from "./failure";

/** Reads and writes single objects of a cluster. */
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
      query: { fieldManager: "pulumi-kubernetes", ...(preview ? { dryRun: "All" } : {}) },
      body: object,
      signal,
    });
  }

  /** Applies an object on the server. @throws ApiError with code 409 if others manage fields that it changes. */
  async apply(
    object: PropertyMap,
    options: { readonly fieldManager: string; readonly force: boolean; readonly preview: boolean },
    signal: AbortSignal,
  ): Promise<PropertyMap> {
    const { fieldManager, force, preview } = options;
    return await this.api.send({
      method: "PATCH",
      path: await this.path(object, signal),
      query: { fieldManager, force: String(force), ...(preview ? { dryRun: "All" } : {}) },
      body: object,
      // JSON is YAML.
      contentType: "application/apply-patch+yaml",
      signal,
    });
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

  async remove(object: PropertyMap, propagationPolicy: string, signal: AbortSignal): Promise<void> {
    const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy };
    await this.api.send({ method: "DELETE", path: await this.path(object, signal), body, signal });
  }

  /** Objects of a namespace by label selector. */
  async list(
    like: { readonly apiVersion: string; readonly kind: string; readonly namespace: string },
    labelSelector: string,
    signal: AbortSignal,
  ): Promise<PropertyMap> {
    const object = { apiVersion: like.apiVersion, kind: like.kind, metadata: { namespace: like.namespace } };
    const query = { labelSelector };
    return await this.api.send({ method: "GET", path: await this.collection(object, signal), query, signal });
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

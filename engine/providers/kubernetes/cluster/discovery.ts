import { isList, isMap } from "../../../property/shape";
import type { PropertyMap } from "../../../property/value";
import { textAt } from "../kinds";
import type { Api } from "./api";
import { ApiError, NoSuchKind } from "./failure";

/** Where the objects of a kind are. */
export interface Served {
  /** Path of the API version, such as `/apis/apps/v1`. */
  readonly root: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** What an API server serves, asked once for each API version. */
export class Discovery {
  private readonly versions = new Map<string, Promise<ReadonlyMap<string, Served>>>();

  constructor(private readonly api: Api) {}

  /** @throws NoSuchKind if the server does not serve it, Unreachable. */
  async find(apiVersion: string, kind: string, signal: AbortSignal): Promise<Served> {
    const known = await this.version(apiVersion, signal);
    const served = known.get(kind);
    if (served !== undefined) return served;
    // A definition may have come since.
    this.versions.delete(apiVersion);
    const fresh = (await this.version(apiVersion, signal)).get(kind);
    if (fresh === undefined) throw new NoSuchKind(apiVersion, kind);
    return fresh;
  }

  /** Forgets what it knows, after a definition has come or gone. */
  reset(): void {
    this.versions.clear();
  }

  private async version(apiVersion: string, signal: AbortSignal): Promise<ReadonlyMap<string, Served>> {
    const known = this.versions.get(apiVersion);
    if (known !== undefined) return await known;
    const asked = this.ask(apiVersion, signal);
    this.versions.set(apiVersion, asked);
    asked.catch(() => this.versions.delete(apiVersion));
    return await asked;
  }

  private async ask(apiVersion: string, signal: AbortSignal): Promise<ReadonlyMap<string, Served>> {
    const root = `${apiVersion.includes("/") ? "/apis" : "/api"}/${apiVersion.split("/").map(encodeURIComponent).join("/")}`;
    let list: PropertyMap;
    try {
      list = await this.api.send({ method: "GET", path: root, signal });
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return new Map();
      throw error;
    }
    const resources = isList(list["resources"]) ? list["resources"].filter(isMap) : [];
    return new Map(
      resources
        .filter((resource) => !textAt(resource, "name").includes("/"))
        .map((resource) => [
          textAt(resource, "kind"),
          { root, plural: textAt(resource, "name"), namespaced: resource["namespaced"] === true },
        ]),
    );
  }
}

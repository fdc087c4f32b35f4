import { createHash } from "node:crypto";
import { isList, isMap } from "../../../property/shape";
import type { PropertyMap } from "../../../property/value";
import { ProviderError } from "../../failure";
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

/** What a cluster is known to serve, by API version and kind. */
type Versions = Map<string, Promise<ReadonlyMap<string, Served>>>;

/** What was learnt of a cluster is forgotten after so many milliseconds: a process may run for days. */
const lifetime = 600_000;
const clusters = new Map<string, { readonly versions: Versions; readonly until: number }>();

/** What an API server serves, asked once for each API version by all who talk to the same cluster. */
export class Discovery {
  private constructor(
    private readonly api: Api,
    private readonly versions: Versions,
  ) {}

  /** @param cluster the cluster's entry in the kubeconfig, which tells it from any other. */
  static of(api: Api, cluster: object | null): Discovery {
    const key = createHash("sha256").update(JSON.stringify(cluster)).digest("hex");
    const now = performance.now();
    for (const [old, { until }] of clusters) if (until <= now) clusters.delete(old);
    const { versions } = clusters.get(key) ?? { versions: new Map() };
    if (!clusters.has(key)) clusters.set(key, { versions, until: now + lifetime });
    return new Discovery(api, versions);
  }

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
    try {
      if (known !== undefined) return await known;
    } catch (error) {
      // Whoever asked may have been cancelled meanwhile: that is not our end.
      if (error instanceof ApiError || error instanceof ProviderError || signal.aborted) throw error;
    }
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

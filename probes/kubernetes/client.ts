import type https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import type { ResolvedSite } from "../../fleet/model";
import type { ProbeOptions } from "../surroundings";
import { exchange, jsonOf, type WebAnswer } from "../../web/exchange";
import { readKubeconfig } from "./kubeconfig";

/** Pages are small, so that their size stays bounded whatever is in the objects. */
const pageSize = 10;
/** A site with more objects of one kind than this is not what it says. */
const mostPages = 50;

/** An object as an API server gives it: its own code looks at no more than it knows. */
export type LiveObject = Readonly<Record<string, unknown>>;

/** The client of a site's cluster; undefined if the site has no kubeconfig yet. @throws for one that cannot be used. */
export async function clientOf(
  site: ResolvedSite,
  { kubeconfigOf }: Pick<ProbeOptions, "kubeconfigOf">,
): Promise<KubernetesClient | undefined> {
  const found = await kubeconfigOf(site);
  return found === undefined ? undefined : new KubernetesClient(readKubeconfig(found));
}

/** Reads from one API server, as the user of a kubeconfig. Each request has a connection of its own. */
export class KubernetesClient {
  readonly server: string;

  constructor(readonly config: KubeConfig) {
    this.server = (config.getCurrentCluster()?.server ?? "").replace(/\/+$/, "");
  }

  /** One GET, whatever the answer. @throws NoAnswer */
  async ask(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<WebAnswer> {
    const url = new URL(this.server + path);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const options: https.RequestOptions = { headers: {} };
    await this.config.applyToHTTPSOptions(options);
    const headers = { ...(options.headers as Record<string, string>), accept: "application/json" };
    const agent = options.agent as https.Agent | undefined;
    // Left open, it would be a variable of the environment that decides.
    if (agent?.options !== undefined) agent.options.rejectUnauthorized = true;
    return await exchange({ method: "GET", url, headers: authorized(headers, options.auth), agent, signal });
  }

  /**
   * All objects of a collection, page by page.
   * @returns undefined if the API server serves no such collection (404).
   * @throws Error if it does not answer, or not with a list.
   */
  async list(path: string, signal: AbortSignal): Promise<LiveObject[] | undefined> {
    const objects: LiveObject[] = [];
    let token = "";
    for (let page = 0; page < mostPages; page += 1) {
      const query = { limit: String(pageSize), ...(token === "" ? {} : { continue: token }) };
      const answer = await this.ask(path, query, signal);
      if (answer.status === 404) return undefined;
      const body = jsonOf(answer);
      if (answer.status !== 200) throw new Error(`the API server answered ${answer.status} to ${path}: ${said(body)}`);
      const { items, metadata } = isObject(body) ? body : {};
      if (!Array.isArray(items)) throw new Error(`the API server answered ${path} with something else than a list`);
      objects.push(...items.filter(isObject));
      token = isObject(metadata) && typeof metadata["continue"] === "string" ? metadata["continue"] : "";
      if (token === "") return objects;
    }
    throw new Error(`the API server has more than ${mostPages * pageSize} objects at ${path}`);
  }
}

export function isObject(value: unknown): value is LiveObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text at a path, or undefined. */
export function textAt(object: unknown, ...steps: string[]): string | undefined {
  const value = steps.reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), object);
  return typeof value === "string" ? value : undefined;
}

function authorized(headers: Record<string, string>, auth: string | null | undefined): Record<string, string> {
  return typeof auth === "string"
    ? { ...headers, authorization: `Basic ${Buffer.from(auth).toString("base64")}` }
    : headers;
}

const said = (body: unknown): string => textAt(body, "message") ?? "it does not say why";

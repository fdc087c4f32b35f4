import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Live {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    generation: number;
    finalizers?: string[];
    deletionTimestamp?: string;
    annotations?: Record<string, string>;
    managedFields: { manager: string; operation: string; fieldsType: string; fieldsV1: Fields }[];
    [key: string]: unknown;
  };
  [key: string]: unknown;
}

interface Fields {
  [key: string]: Fields;
}

interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

const kinds: Record<string, Kind[]> = {
  "/api/v1": [
    { kind: "Namespace", plural: "namespaces", namespaced: false },
    { kind: "ConfigMap", plural: "configmaps", namespaced: true },
    { kind: "Secret", plural: "secrets", namespaced: true },
    { kind: "Service", plural: "services", namespaced: true },
  ],
  "/apis/apps/v1": [{ kind: "Deployment", plural: "deployments", namespaced: true }],
  "/apis/discovery.k8s.io/v1": [{ kind: "EndpointSlice", plural: "endpointslices", namespaced: true }],
  "/apis/rbac.authorization.k8s.io/v1": [{ kind: "ClusterRole", plural: "clusterroles", namespaced: false }],
  "/apis/apiextensions.k8s.io/v1": [
    { kind: "CustomResourceDefinition", plural: "customresourcedefinitions", namespaced: false },
  ],
};

/**
 * A small API server over HTTP: discovery, POST, GET, server-side apply with field managers and conflicts, JSON patches
 * of managed fields, DELETE with finalizers, dry runs. Lists are one field to it, as atomic lists are to a real one.
 */
export class StandIn {
  readonly objects = new Map<string, Live>();
  readonly requests: { readonly method: string; readonly path: string; readonly query: URLSearchParams }[] = [];
  /** Answers of this many requests to come, in place of their own. */
  readonly answers: { readonly code: number; readonly headers?: Record<string, string>; readonly body?: unknown }[] =
    [];
  /** How watches go: until their time is over, or by default as a real server does. */
  watches: "work" | "end" | "break off" | "are too old" | "tell they are too old" | "are forbidden" | "are unknown" =
    "work";
  private readonly served = structuredClone(kinds);
  private version = 100;
  /** What is known of one cluster is not to be taken for known of another that comes to the same port. */
  private readonly name = `site-${randomUUID()}`;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<StandIn> {
    const server = createServer();
    const standIn = new StandIn(server);
    server.on("request", (request, response) => void standIn.answer(request, response));
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    return standIn;
  }

  get kubeconfig(): string {
    const { port } = this.server.address() as AddressInfo;
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name: this.name, cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } },
      ],
      users: [{ name: "admin", user: { token: "tok" } }],
      contexts: [{ name: "site", context: { cluster: this.name, user: "admin" } }],
      "current-context": "site",
    });
  }

  /** @param at such as `/api/v1/namespaces/edge/configmaps/a`. */
  object(at: string): Live {
    const found = this.objects.get(at);
    if (found === undefined) throw new Error(`there is no ${at}; there are ${[...this.objects.keys()].join(", ")}`);
    return found;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://x");
    const method = request.method ?? "";
    this.requests.push({ method, path: url.pathname, query: url.searchParams });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    if (url.searchParams.get("watch") === "true" && this.watches !== "are unknown") {
      this.watch(url, response);
      return;
    }
    const prepared = this.answers.shift();
    const [code, body] =
      prepared !== undefined
        ? [prepared.code, prepared.body ?? status(prepared.code, "", "put off")]
        : request.headers.authorization !== "Bearer tok"
          ? [401, status(401, "Unauthorized", "Unauthorized")]
          : this.handle(method, url, text === "" ? undefined : JSON.parse(text), request.headers["content-type"] ?? "");
    response.writeHead(code, { "content-type": "application/json", ...prepared?.headers });
    response.end(JSON.stringify(body));
  }

  /** Tells of every object that is selected, and then of each that is another than before. */
  private watch(url: URL, response: ServerResponse): void {
    const refused = { "are too old": 410, "are forbidden": 403 }[this.watches as string];
    response.writeHead(refused ?? 200, { "content-type": "application/json" });
    if (refused !== undefined) {
      response.end(JSON.stringify(status(refused, "", this.watches)));
      return;
    }
    const name = /^metadata\.name=(.*)$/.exec(url.searchParams.get("fieldSelector") ?? "")?.[1];
    const told = new Map<string, string>();
    const tell = (type: string, object: unknown): void => void response.write(`${JSON.stringify({ type, object })}\n`);
    const look = (): void => {
      const found = [...this.objects].filter(
        ([at, live]) => at.startsWith(`${url.pathname}/`) && (name === undefined || live.metadata.name === name),
      );
      for (const [at, live] of found) {
        const text = JSON.stringify(live);
        if (told.get(at) !== text) tell(told.has(at) ? "MODIFIED" : "ADDED", live);
        told.set(at, text);
      }
      for (const [at, text] of told) {
        if (found.some(([there]) => there === at)) continue;
        told.delete(at);
        tell("DELETED", JSON.parse(text));
      }
      if (this.watches === "end") response.end();
      if (this.watches === "break off") response.destroy();
      if (this.watches === "tell they are too old") {
        tell("ERROR", status(410, "Expired", "too old resource version"));
        response.end();
      }
    };
    look();
    const timer = setInterval(look, 20);
    response.once("close", () => clearInterval(timer));
  }

  private handle(method: string, url: URL, body: unknown, contentType: string): [number, unknown] {
    const [, root = "", rest = ""] = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(\/.*)?$/.exec(url.pathname) ?? [];
    const here = this.served[root];
    if (here === undefined) return [404, status(404, "NotFound", "the server could not find the requested resource")];
    if (rest === "") {
      return [200, { kind: "APIResourceList", resources: here.map((kind) => ({ ...kind, name: kind.plural })) }];
    }
    const [, namespace, plural = "", name] =
      /^(?:\/namespaces\/([^/]+)(?=\/[^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(rest) ?? [];
    const kind = here.find((found) => found.plural === plural);
    if (kind === undefined) return [404, status(404, "NotFound", "the server could not find the requested resource")];
    if (namespace !== undefined && !this.objects.has(`/api/v1/namespaces/${namespace}`)) {
      return [404, status(404, "NotFound", `namespaces "${namespace}" not found`)];
    }
    const dry = url.searchParams.get("dryRun") === "All";
    const manager = url.searchParams.get("fieldManager") ?? "unknown";
    if (method === "POST") return this.post(url.pathname, body as Live, manager, dry);
    if (name === undefined) {
      const items = [...this.objects].filter(([at]) => at.startsWith(`${url.pathname}/`)).map(([, object]) => object);
      return [200, { kind: `${kind.kind}List`, items }];
    }
    const live = this.objects.get(url.pathname);
    if (live === undefined) return [404, status(404, "NotFound", `${plural} "${name}" not found`)];
    if (method === "GET") return [200, live];
    if (method === "DELETE") return this.remove(url.pathname, live);
    if (contentType === "application/json-patch+json")
      return this.jsonPatch(live, body as { path: string; value: never }[]);
    return this.apply(url, live, body as Live, manager, dry);
  }

  private post(at: string, body: Live, manager: string, dry: boolean): [number, unknown] {
    const key = `${at}/${body.metadata.name}`;
    if (this.objects.has(key)) {
      return [409, status(409, "AlreadyExists", `${body.kind} "${body.metadata.name}" already exists`)];
    }
    if (/[A-Z]/.test(body.metadata.name)) {
      const cause = { field: "metadata.name", message: "a lowercase RFC 1123 subdomain", reason: "FieldValueInvalid" };
      return [422, status(422, "Invalid", "is invalid", [cause])];
    }
    const live: Live = structuredClone(body);
    Object.assign(live.metadata, { uid: randomUUID(), generation: 1, resourceVersion: String(++this.version) });
    live.metadata.managedFields = [entry(manager, "Update", fieldsOf(body))];
    this.settle(live);
    if (!dry) {
      this.objects.set(key, live);
      if (live.kind === "CustomResourceDefinition") this.serve(live);
    }
    return [201, live];
  }

  private settle(live: Live): void {
    if (live.kind === "Namespace") live["status"] = { phase: "Active" };
    if (live.kind === "CustomResourceDefinition") {
      live["status"] = { conditions: [{ type: "Established", status: "True" }] };
    }
  }

  private serve(definition: Live): void {
    const spec = definition["spec"] as {
      group: string;
      scope: string;
      names: { kind: string; plural: string };
      versions: { name: string }[];
    };
    for (const { name } of spec.versions) {
      (this.served[`/apis/${spec.group}/${name}`] ??= []).push({ ...spec.names, namespaced: spec.scope !== "Cluster" });
    }
  }

  private remove(at: string, live: Live): [number, unknown] {
    if ((live.metadata.finalizers ?? []).length > 0) {
      live.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
      return [200, live];
    }
    this.objects.delete(at);
    return [200, status(200, "", "")];
  }

  private jsonPatch(live: Live, patch: { path: string; value: never }[]): [number, unknown] {
    for (const { path, value } of patch) {
      const key = path.replace("/metadata/", "");
      if (key === "resourceVersion" && live.metadata.resourceVersion !== value) {
        return [409, status(409, "Conflict", "the object has been modified")];
      }
      live.metadata[key] = value;
    }
    live.metadata.resourceVersion = String(++this.version);
    return [200, live];
  }

  private apply(url: URL, found: Live, body: Live, manager: string, dry: boolean): [number, unknown] {
    const live = dry ? structuredClone(found) : found;
    const fields = fieldsOf(body);
    const leaves = leavesOf(fields);
    const conflicts: { field: string; message: string; reason: string }[] = [];
    for (const other of live.metadata.managedFields.filter((held) => held.manager !== manager)) {
      const held = new Set(leavesOf(other.fieldsV1).map((leaf) => leaf.join("\0")));
      for (const leaf of leaves.filter((mine) => held.has(mine.join("\0")))) {
        if (JSON.stringify(at(live, leaf)) === JSON.stringify(at(body, leaf))) continue;
        if (url.searchParams.get("force") === "true") {
          unset(
            other.fieldsV1,
            leaf.map((step) => `f:${step}`),
          );
        } else {
          const message = `conflict with "${other.manager}" using v1`;
          conflicts.push({ field: `.${leaf.join(".")}`, message, reason: "FieldManagerConflict" });
        }
      }
    }
    if (conflicts.length > 0) return [409, status(409, "Conflict", "Apply failed with conflicts", conflicts)];
    const own = live.metadata.managedFields.find((held) => held.manager === manager && held.operation === "Apply");
    const kept = new Set(
      live.metadata.managedFields
        .filter((held) => held !== own)
        .flatMap((held) => leavesOf(held.fieldsV1).map((leaf) => leaf.join("\0"))),
    );
    const applied = new Set(leaves.map((leaf) => leaf.join("\0")));
    const before = JSON.stringify(live["spec"] ?? null);
    for (const leaf of own === undefined ? [] : leavesOf(own.fieldsV1)) {
      if (!applied.has(leaf.join("\0")) && !kept.has(leaf.join("\0"))) unset(live, leaf);
    }
    for (const leaf of leaves) set(live, leaf, at(body, leaf));
    live.metadata.managedFields = [
      ...live.metadata.managedFields.filter((held) => held !== own),
      entry(manager, "Apply", fields),
    ];
    if (JSON.stringify(live["spec"] ?? null) !== before) live.metadata.generation += 1;
    live.metadata.resourceVersion = String(++this.version);
    return [200, live];
  }
}

function status(code: number, reason: string, message: string, causes?: unknown[]): unknown {
  return { kind: "Status", apiVersion: "v1", code, reason, message, details: { causes } };
}

function entry(manager: string, operation: string, fieldsV1: Fields): Live["metadata"]["managedFields"][number] {
  return { manager, operation, fieldsType: "FieldsV1", fieldsV1 };
}

/** The fields of an object but for its identity. */
function fieldsOf(object: Live): Fields {
  const { apiVersion: _, kind: __, metadata, ...rest } = object;
  const { labels, annotations } = metadata as { labels?: unknown; annotations?: unknown };
  const own = { ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) };
  return fields({ ...rest, ...(Object.keys(own).length === 0 ? {} : { metadata: own }) });
}

function fields(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [`f:${key}`, fields(part)]));
}

function leavesOf(tree: Fields, path: string[] = []): string[][] {
  return Object.entries(tree)
    .filter(([key]) => key.startsWith("f:"))
    .flatMap(([key, part]) => {
      const here = [...path, key.slice(2)];
      return Object.keys(part).length === 0 ? [here] : leavesOf(part, here);
    });
}

function at(object: object, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], object);
}

function set(object: object, path: readonly string[], value: unknown): void {
  const [step, ...rest] = path;
  if (step === undefined) return;
  const map = object as Record<string, object>;
  if (rest.length === 0) (map as Record<string, unknown>)[step] = value;
  else set((map[step] ??= {}), rest, value);
}

function unset(object: object, path: readonly string[]): void {
  const parent = at(object, path.slice(0, -1)) as Record<string, unknown> | undefined;
  if (parent !== undefined) delete parent[path.at(-1) ?? ""];
}

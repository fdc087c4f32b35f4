import { existsSync, readFileSync } from "node:fs";
import { request } from "node:https";
import type { RequestOptions } from "node:https";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig, KubernetesObjectApi, PatchStrategy } from "@kubernetes/client-node";
import type { KubernetesObject } from "@kubernetes/client-node";
import { Servers, tokens } from "./servers";

const assets = process.env["KUBEBUILDER_ASSETS"] ?? "";
const given = process.env["EDGEWAVE_TEST_KUBECONFIG"] ?? "";
const has = (program: string): boolean => assets !== "" && existsSync(path.join(assets, program));

const hasServer = given !== "" || (has("kube-apiserver") && has("etcd"));
const hasControllers = given !== "" || (hasServer && has("kube-controller-manager"));

/** Any object, as another client sees it. */
export type Live = KubernetesObject & {
  spec?: Record<string, never>;
  data?: Record<string, string>;
  status?: Record<string, unknown>;
};

/** The real cluster that all these tests share: started for the first that asks, stopped after the last. */
export class RealCluster {
  private static shared: Promise<RealCluster> | undefined;

  private constructor(
    /** Text of the kubeconfig of one who may do all. */
    readonly kubeconfig: string,
    private readonly servers: Servers | undefined,
  ) {}

  static async get(): Promise<RealCluster> {
    RealCluster.shared ??= RealCluster.start();
    return await RealCluster.shared;
  }

  static async stop(): Promise<void> {
    const running = await RealCluster.shared?.catch(() => undefined);
    await running?.servers?.stop();
  }

  /** The kubeconfig of a user without any right; undefined in a cluster that was given. */
  get guestConfig(): string | undefined {
    return this.servers?.kubeconfig(tokens.guest);
  }

  /** Another client of the cluster. */
  client(kubeconfig = this.kubeconfig): KubernetesObjectApi {
    const config = new KubeConfig();
    config.loadFromString(kubeconfig);
    return KubernetesObjectApi.makeApiClient(config);
  }

  /** Applies an object as another field manager. */
  async applyAs(manager: string, object: Live, force = false): Promise<Live> {
    const client = this.client();
    return await client.patch<Live>(object, undefined, undefined, manager, force, PatchStrategy.ServerSideApply);
  }

  /** The object as it is; undefined if there is none. */
  async find(apiVersion: string, kind: string, namespace: string, name: string): Promise<Live | undefined> {
    try {
      return await this.client().read<Live>({ apiVersion, kind, metadata: { namespace, name } });
    } catch (error) {
      if ((error as { code?: number }).code === 404) return undefined;
      throw error;
    }
  }

  /** Sets an object's status, as its controller or its kubelet would. @param at such as `/api/v1/namespaces/a/pods/b`. */
  async report(at: string, status: object): Promise<void> {
    await this.send("PATCH", `${at}/status`, { status }, "application/merge-patch+json");
  }

  /** Sends a request of one's own. @returns the object in the answer, whatever its status. */
  async send(method: string, at: string, body?: object, type = "application/json"): Promise<Live> {
    const config = new KubeConfig();
    config.loadFromString(this.kubeconfig);
    const options: RequestOptions = { method, headers: {} };
    await config.applyToHTTPSOptions(options);
    const text = body === undefined ? "" : JSON.stringify(body);
    Object.assign(options.headers as object, { "content-type": type, "content-length": Buffer.byteLength(text) });
    return await new Promise((resolve, reject) => {
      const sent = request(`${config.getCurrentCluster()?.server}${at}`, options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")) as Live));
      });
      sent.once("error", reject);
      sent.end(text);
    });
  }

  /** Looks again and again until something is found; the test's own timeout ends it. */
  async until<T>(look: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      await sleep(50);
    }
  }

  private static async start(): Promise<RealCluster> {
    if (given !== "") return new RealCluster(readFileSync(given, "utf8"), undefined);
    const servers = await Servers.start(assets, hasControllers);
    return new RealCluster(servers.kubeconfig(tokens.admin), servers);
  }
}

after(async function () {
  this.timeout(60_000);
  await RealCluster.stop();
});

const how = "set KUBEBUILDER_ASSETS or EDGEWAVE_TEST_KUBECONFIG, or run npm run test:real";

/** Tests against a real API server; skipped, and counted as one, where there is none. */
export function describeReal(title: string, tests: (this: Mocha.Suite) => void): void {
  if (hasServer) describe(title, tests);
  else it.skip(`${title} (no API server: ${how})`);
}

/** Tests against a real API server with its controllers; skipped, and counted as one, where there are none. */
export function describeControllers(title: string, tests: (this: Mocha.Suite) => void): void {
  if (hasControllers) describe(title, tests);
  else it.skip(`${title} (no kube-controller-manager: ${how})`);
}

import { withoutSecrets } from "../../../property/shape";
import type { PropertyMap } from "../../../property/value";
import type {
  CallContext,
  CheckRequest,
  CheckResponse,
  CreateRequest,
  CreateResponse,
  DeleteRequest,
  DiffRequest,
  DiffResponse,
  ReadRequest,
  ReadResponse,
  UpdateRequest,
  UpdateResponse,
} from "../../provider";
import type { KubernetesSettings } from "../config";
import { ObjectProvider } from "../frame";
import { isBuiltIn, kindOfToken, textAt } from "../kinds";
import { annotationOf, objectOf } from "../object";
import { parseState } from "../state";
import type { Api } from "./api";
import type { Cluster } from "./cluster";
import { createObject } from "./create";
import type { Discovery } from "./discovery";
import { ApiError, NoSuchKind, Unreachable } from "./failure";
import { Objects } from "./objects";
import { readinessOf } from "./readiness/kinds";
import { readObject } from "./read";
import { deleteObject } from "./remove";
import { updateObject } from "./update";

/** Serves the objects of one cluster by its API. */
export class ClusterProvider extends ObjectProvider {
  private readonly cluster: Cluster;
  private answered: Promise<Unreachable | undefined> | undefined;

  constructor(
    settings: KubernetesSettings,
    private readonly api: Api,
    discovery: Discovery,
  ) {
    super(settings);
    this.cluster = { settings, discovery, objects: new Objects(api, discovery) };
  }

  override async check(request: CheckRequest, context: CallContext): Promise<CheckResponse> {
    if (this.settings.skipUpdateUnreachable && Object.keys(request.olds).length > 0) {
      const trouble = await this.unreachable(context);
      if (trouble !== undefined) {
        context.log("warning", `${trouble.message} As skipUpdateUnreachable is set, it is left as it was.`);
        return { inputs: request.olds, failures: [] };
      }
    }
    await this.learnScope(request, context);
    return await super.check(request, context);
  }

  override async diff(request: DiffRequest, context: CallContext): Promise<DiffResponse> {
    const found = await super.diff(request, context);
    const inputs = objectOf(request.newInputs);
    if (annotationOf(inputs, "pulumi.com/replaceUnready") !== "true") return found;
    if (textAt(inputs, "kind") !== "Job") {
      context.log("warning", "replaceUnready annotation is not supported for this resource");
      return found;
    }
    const { live } = parseState(request.oldOutputs);
    const now = await this.cluster.objects.find(live, context.signal).catch(() => undefined);
    if (now === undefined || readinessOf(now).state === "ready") return found;
    const replaces = [...found.replaces, '.metadata.annotations["pulumi.com/replaceUnready"]'];
    return { ...found, changes: "some", replaces };
  }

  async create(request: CreateRequest, context: CallContext): Promise<CreateResponse> {
    return await createObject(this.cluster, request, context);
  }

  async update(request: UpdateRequest, context: CallContext): Promise<UpdateResponse> {
    return await updateObject(this.cluster, request, context);
  }

  async read(request: ReadRequest, context: CallContext): Promise<ReadResponse> {
    return await readObject(this.cluster, request, context);
  }

  async delete(request: DeleteRequest, context: CallContext): Promise<void> {
    await deleteObject(this.cluster, request, context);
  }

  override async close(): Promise<void> {
    this.api.close();
  }

  /** Why the cluster cannot be reached; asked once a run. */
  private async unreachable({ signal }: CallContext): Promise<Unreachable | undefined> {
    this.answered ??= this.api.send({ method: "GET", path: "/version", signal }).then(
      () => undefined,
      (error: unknown) => (error instanceof Unreachable ? error : undefined),
    );
    return await this.answered;
  }

  /** Asks the cluster whether a kind that Kubernetes does not define lives in a namespace. */
  private async learnScope({ type, news }: CheckRequest, { signal }: CallContext): Promise<void> {
    const given = withoutSecrets(news) as PropertyMap;
    const [apiVersion, kind] = [textAt(given, "apiVersion"), textAt(given, "kind")];
    const group = kindOfToken(type)?.group ?? "";
    if (apiVersion === "" || isBuiltIn(apiVersion) || this.defined.has(`${group}/${kind}`)) return;
    try {
      const { namespaced } = await this.cluster.discovery.find(apiVersion, kind, signal);
      this.defined.set(`${group}/${kind}`, namespaced ? "Namespaced" : "Cluster");
    } catch (error) {
      // A preview works without the cluster, and before the definition is there.
      if (!(error instanceof NoSuchKind || error instanceof Unreachable || error instanceof ApiError)) throw error;
    }
  }
}

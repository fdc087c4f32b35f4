import { isMap } from "../../../property/shape";
import type { PropertyMap } from "../../../property/value";
import type { CallContext } from "../../provider";
import { textAt } from "../kinds";
import { nameOf, namespaceOf } from "../object";
import { ApiError } from "./failure";
import { Follower } from "./follow";
import type { Objects, Selection } from "./objects";
import { backendsOf, endpointsIn, waitsForPods } from "./readiness/network";
import { READY, specOf, statusOf, waiting } from "./readiness/status";
import type { Readiness } from "./readiness/status";

/** How long endpoints may come after one another, in milliseconds, as the official provider has it. */
const settling = 10_000;

/** Judges an object that is ready by itself by what belongs to it. */
export interface Companion {
  /** @param lastLook whether the time to wait is over: then what may still come does not count. */
  judge(live: PropertyMap, lastLook: boolean): Promise<Readiness>;
  stop(): void;
}

/**
 * What else is looked at for an object of this kind; undefined if nothing is.
 *
 * @param changed called when there is something new to judge.
 */
export function companionOf(
  objects: Objects,
  made: PropertyMap,
  changed: () => void,
  context: CallContext,
): Companion | undefined {
  switch (`${textAt(made, "apiVersion")}/${textAt(made, "kind")}`) {
    case "v1/Service":
      return waitsForPods(made) ? new Endpoints(objects, made, changed, context) : undefined;
    case "networking.k8s.io/v1/Ingress":
      return new Backends(objects, made, context);
    default:
      return undefined;
  }
}

/**
 * The pods behind a service: ready when none of them is still to become so. A service that finds no pod is ready too,
 * once nothing has come for 10 seconds: whoever declares a service before its pods is not to wait for them.
 */
class Endpoints implements Companion {
  private readonly follower: Follower;
  private since = Date.now();

  constructor(objects: Objects, made: PropertyMap, changed: () => void, context: CallContext) {
    const news = (): void => {
      this.since = Date.now();
      changed();
    };
    this.follower = Follower.ofSelection(objects, slicesOf(made), news, context.signal);
  }

  async judge(_: PropertyMap, lastLook: boolean): Promise<Readiness> {
    const slices = this.follower.now() ?? [];
    const { ready, pending } = endpointsIn(slices);
    if (pending > 0) return waiting(`${pending} of the pods that it selects are not ready`);
    if (ready > 0 || lastLook) return READY;
    const settled = slices.length > 0 && Date.now() - this.since >= settling;
    return settled ? READY : waiting("no pod that it selects is there");
  }

  stop(): void {
    this.follower.stop();
  }
}

/** The EndpointSlices of a service. */
export function slicesOf(service: PropertyMap): Selection {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    namespace: namespaceOf(service),
    query: { labelSelector: `kubernetes.io/service-name=${nameOf(service)}` },
  };
}

/** The services behind an ingress: one that is missing is waited for a while, then named in a warning. */
class Backends implements Companion {
  private readonly began = Date.now();

  constructor(
    private readonly objects: Objects,
    private readonly made: PropertyMap,
    private readonly context: CallContext,
  ) {}

  async judge(live: PropertyMap, lastLook: boolean): Promise<Readiness> {
    const missing: string[] = [];
    for (const name of backendsOf(live)) {
      const metadata = { name, namespace: namespaceOf(this.made) };
      const service = { apiVersion: "v1", kind: "Service", metadata };
      if ((await readable(this.objects, service, this.context.signal)) === "missing") missing.push(name);
    }
    if (missing.length === 0) return READY;
    const what = `its rules name services that do not exist: ${missing.join(", ")}`;
    if (!lastLook && Date.now() - this.began < settling) return waiting(what);
    this.context.log("warning", `Ingress ${nameOf(live)}: ${what}`);
    return READY;
  }

  stop(): void {}
}

/** Whether a claim's volume is only made when a pod asks for it: then a pending claim is as ready as it gets. */
export async function waitsForConsumer(objects: Objects, live: PropertyMap, signal: AbortSignal): Promise<boolean> {
  const name = textAt(specOf(live), "storageClassName");
  if (name === "" || textAt(statusOf(live), "phase") !== "Pending") return false;
  const like = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name } };
  const storageClass = await readable(objects, like, signal);
  return isMap(storageClass) && storageClass["volumeBindingMode"] === "WaitForFirstConsumer";
}

/** An object, as far as it may be read: not everybody may read storage classes. */
async function readable(
  objects: Objects,
  like: PropertyMap,
  signal: AbortSignal,
): Promise<PropertyMap | "missing" | "forbidden"> {
  try {
    return (await objects.find(like, signal)) ?? "missing";
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return "forbidden";
    throw error;
  }
}

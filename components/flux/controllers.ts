import { imageReference } from "../../catalog";
import type { Release, ResolvedSite } from "../../fleet/model";
import type { Profile, Workload, WorkloadName } from "../../profiles/profile";
import { resourcesOf } from "../pods/resources";
import { containerSecurity, podSecurity } from "../pods/security";
import { flux, webhookReceiver } from "./address";

export type ControllerName = "source" | "kustomize" | "helm" | "notification";

/** A controller that runs on the site. */
export interface Controller {
  readonly name: ControllerName;
  /** Such as `source-controller`; name of its deployment, account and, if it serves, its service. */
  readonly object: `${ControllerName}-controller`;
  readonly workload: Workload;
}

const names: readonly ControllerName[] = ["source", "kustomize", "helm", "notification"];

/** Group that Flux's own manifests give the controllers' volumes; their images run as 65534. */
const group = 1337;
const user = 65534;

export const artifactsClaim = "source-controller-artifacts";

/** @returns the controllers that the profile runs, in the order in which they depend on each other. */
export function controllersOf(workloads: Profile["workloads"]): readonly Controller[] {
  return names.flatMap((name) => {
    const workload = workloads[`flux-${name}-controller` satisfies WorkloadName];
    return workload === undefined ? [] : [{ name, object: `${name}-controller` as const, workload }];
  });
}

/** Pod of one controller, as in `config/manager` of its repository, with the profile's resources. */
export function controllerPod(
  site: ResolvedSite,
  release: Release,
  controller: Controller,
  all: readonly Controller[],
) {
  const { name, object, workload } = controller;
  const data = name === "source" ? [{ name: "data", mountPath: "/data" }] : [];
  const health = { port: "healthz", path: "/healthz" };
  return {
    metadata: { labels: flux.labels(object), annotations: scraped },
    spec: {
      serviceAccountName: object,
      enableServiceLinks: false,
      priorityClassName: "system-cluster-critical",
      // A Helm release under way is finished before its controller goes.
      terminationGracePeriodSeconds: name === "helm" ? 600 : 60,
      securityContext: podSecurity(user, group),
      containers: [
        {
          name: "manager",
          image: imageReference(release, site.architecture, "flux", object),
          imagePullPolicy: "IfNotPresent",
          args: argumentsOf(controller, all),
          env: [
            { name: "RUNTIME_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
            {
              name: "GOMEMLIMIT",
              valueFrom: { resourceFieldRef: { containerName: "manager", resource: "limits.memory" } },
            },
          ],
          ports: portsOf(name),
          resources: resourcesOf(workload),
          securityContext: containerSecurity(),
          livenessProbe: { httpGet: health },
          // The source controller is ready once it serves artifacts.
          readinessProbe: { httpGet: name === "source" ? { port: "http", path: "/" } : { ...health, path: "/readyz" } },
          volumeMounts: [...data, { name: "tmp", mountPath: "/tmp" }],
        },
      ],
      volumes: [
        // A volume, because artifacts in an emptyDir are lost with the pod and cannot be fetched while Gitea is down.
        ...(name === "source" ? [{ name: "data", persistentVolumeClaim: { claimName: artifactsClaim } }] : []),
        { name: "tmp", emptyDir: {} },
      ],
    },
  };
}

const scraped = { "prometheus.io/scrape": "true", "prometheus.io/port": "8080" };

function argumentsOf({ name }: Controller, all: readonly Controller[]): string[] {
  const host = (service: string) => `${service}.${flux.namespace}.svc.cluster.local.`;
  const events = name !== "notification" && all.some((other) => other.name === "notification");
  return [
    ...(events ? [`--events-addr=http://${host("notification-controller")}/`] : []),
    "--watch-all-namespaces=true",
    "--log-level=info",
    "--log-encoding=json",
    "--enable-leader-election",
    ...(name === "source" ? ["--storage-path=/data", `--storage-adv-addr=${host("source-controller")}`] : []),
    // The default of 4 and more workers is for larger clusters; each holds what it renders in memory.
    ...(name === "notification" ? [] : ["--concurrent=2"]),
  ];
}

function portsOf(name: ControllerName) {
  const port = (label: string, containerPort: number) => ({ name: label, containerPort, protocol: "TCP" });
  return [
    ...(name === "source" || name === "notification" ? [port("http", 9090)] : []),
    ...(name === "notification" ? [port("http-webhook", webhookReceiver.port)] : []),
    port("http-prom", 8080),
    port("healthz", 9440),
  ];
}

/** Services of the controllers that others call, by name. */
export function servicesOf(controllers: readonly Controller[]) {
  const service = (name: string, controller: string, targetPort: string) => ({
    name,
    spec: { selector: flux.labels(controller), ports: [{ name: "http", port: 80, targetPort }] },
  });
  return controllers.flatMap(({ name, object }) => {
    if (name === "source") return [service(object, object, "http")];
    if (name === "notification") {
      return [service(object, object, "http"), service(webhookReceiver.service, object, "http-webhook")];
    }
    return [];
  });
}

import path from "node:path";
import { fieldSteps } from "../stacks/fieldSteps";
import { BastionUnreachable, KubesprayFailed } from "../kubespray/failure";
import { ProgressListener, progressVariable } from "../kubespray/progress";
import { nodesVariable } from "../kubespray/runner";
import { readSettings } from "../kubespray/settings";
import { openTunnel } from "../kubespray/ssh/tunnel";
import { askedImagePath } from "../probes/imagePath";
import type { WorkerRequest } from "../rollout/runner/messages";
import { type Connect, type ConnectOptions, noWay, type Way } from "../rollout/runner/way";
import { RunFailed, SiteUnreachable } from "../rollout/stackRunner";
import { recordDirectory, siteAccess } from "../stacks/siteAccess";
import { kubeconfigFolder } from "./kubeconfigs";
import { home } from "./runner";
import { apiProxyVariable } from "./apiProxy";

type Environment = Readonly<Record<string, string>>;

/** Opens the way to a site by its target: none, its kubeconfig, or a tunnel through its bastion. */
export function connectTo(environment: Environment): Connect {
  return async (request, options) => {
    switch (request.site.target) {
      case "render":
        return noWay;
      case "cluster":
        return toCluster(environment, request);
      case "field":
        return toField(environment, request, options).catch((error: unknown) => {
          if (error instanceof BastionUnreachable) throw new SiteUnreachable(error.message, { cause: error });
          if (error instanceof KubesprayFailed) throw new RunFailed(error.message, { cause: error });
          throw error;
        });
    }
  };
}

function placesOf(environment: Environment, { fleetFolder, outputDirectory }: WorkerRequest, proxy?: string) {
  return {
    kubeconfigs: kubeconfigFolder(environment, fleetFolder),
    out: outputDirectory,
    runner: path.join(home, "bin", "edgewave-kubespray.js"),
    proxy,
  };
}

async function toCluster(environment: Environment, request: WorkerRequest): Promise<Way> {
  const { site, release, verb } = request;
  const access = await siteAccess(placesOf(environment, request), site, Date.now());
  if (access.kubeconfig === undefined || verb === "destroy") return { ...noWay, access };
  // What could not be looked at is told and holds nothing up: the run itself will find out.
  const notes = await askedImagePath(access.kubeconfig, site, release).catch((error: unknown) => {
    return [`image path: it could not be looked at: ${error instanceof Error ? error.message : String(error)}`];
  });
  return { ...noWay, access, notes };
}

async function toField(
  environment: Environment,
  request: WorkerRequest,
  { signal, onDoing }: ConnectOptions,
): Promise<Way> {
  const { site, release, verb, nodes, outputDirectory, scratch } = request;
  const settings = readSettings(environment, process.cwd());
  const { sshUser: user, address, sshPort: port, hostKeys = [] } = site.bastion;
  const tunnel = await openTunnel({
    bastion: { user, address, port, hostKeys: [...hostKeys] },
    recordDirectory: recordDirectory(outputDirectory, site.name),
    settings,
    env: environment,
    scratch,
    signal,
  });
  try {
    const access = await siteAccess(placesOf(environment, request, tunnel.proxy), site, Date.now());
    const listener = await ProgressListener.open(scratch, (text) => onDoing?.(text));
    const planned = verb === "up" || verb === "preview";
    return {
      access,
      environment: {
        [progressVariable]: listener.file,
        [apiProxyVariable]: tunnel.proxy,
        ...(nodes === undefined ? {} : { [nodesVariable]: nodes }),
      },
      notes: planned && access.field !== undefined ? fieldSteps(site, [release], access.field.record) : [],
      close: async () => {
        listener.close();
        await tunnel.close();
      },
    };
  } catch (error) {
    await tunnel.close();
    throw error;
  }
}

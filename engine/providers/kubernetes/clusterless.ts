import type { PropertyMap } from "../../property/value";
import { ProviderError } from "../failure";
import type { ConfiguredProvider, InvokeResponse } from "../provider";
import { invokeFunction } from "./functions";

/** Stands for a provider that was neither told to render nor given a cluster: it serves functions, and refuses every resource by name. */
export class ClusterlessProvider implements ConfiguredProvider {
  async check(request: { readonly type: string; readonly urn: string }): Promise<never> {
    throw refusal(request);
  }

  async diff(request: { readonly type: string; readonly urn: string }): Promise<never> {
    throw refusal(request);
  }

  async create(request: { readonly type: string; readonly urn: string }): Promise<never> {
    throw refusal(request);
  }

  async read(request: { readonly type: string; readonly urn: string }): Promise<never> {
    throw refusal(request);
  }

  async update(request: { readonly type: string; readonly urn: string }): Promise<never> {
    throw refusal(request);
  }

  async delete(request: { readonly type: string; readonly urn: string }): Promise<never> {
    throw refusal(request);
  }

  async invoke(token: string, args: PropertyMap): Promise<InvokeResponse> {
    return invokeFunction(token, args, new Map());
  }

  async close(): Promise<void> {}
}

function refusal({ type, urn }: { readonly type: string; readonly urn: string }): ProviderError {
  return new ProviderError(
    "EDGE-KUBERNETES-003",
    `${urn} (${type}) needs a cluster, and there is no kubeconfig`,
    "Give its provider kubeconfig or renderYamlToDirectory, or set KUBECONFIG; the service account of a pod is not taken",
  );
}

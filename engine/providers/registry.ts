import { commandProvider } from "./command/provider";
import { kubernetesProvider } from "./kubernetes/provider";
import type { ResourceProvider } from "./provider";
import { randomProvider } from "./random/provider";
import { tlsProvider } from "./tls/provider";

/** The providers that the embedded engine brings along, at the versions of the SDKs in package.json. */
export function builtinProviders(): ResourceProvider[] {
  return [commandProvider(), kubernetesProvider(), randomProvider(), tlsProvider()];
}

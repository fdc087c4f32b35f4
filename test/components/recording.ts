import * as pulumi from "@pulumi/pulumi";
import { aSpecification } from "./kubespray/day2/model";
import type { PodSpec } from "./samples";

/** A resource as it was registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Inputs;
}

/** Inputs of any resource, with the types of those that tests look into. */
export interface Inputs {
  readonly [name: string]: unknown;
  readonly environment?: Readonly<Record<"FILE" | "ROOT" | "RELATIVE", string>>;
  readonly stdin?: string;
  readonly metadata?: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly template?: { readonly spec?: PodSpec } };
  readonly validityPeriodHours?: number;
}

const registered: Registered[] = [];

/** Answers as the providers would, with values that name their resource. */
const mocks: pulumi.runtime.Mocks = {
  newResource: ({ type, name, inputs, id }) => {
    registered.push({ type, name, inputs });
    return { id: id ?? `${name}-id`, state: { ...inputs, ...computed(type, name) } };
  },
  call: ({ inputs }) => inputs,
};

function computed(type: string, name: string): Record<string, string> {
  if (type === "tls:index/privateKey:PrivateKey") {
    return { privateKeyPem: `private ${name}`, privateKeyPemPkcs8: `private ${name}`, publicKeyPem: `public ${name}` };
  }
  if (type === "tls:index/certRequest:CertRequest") return { certRequestPem: `request ${name}` };
  // What the Kubespray runner would give.
  if (type === "command:local:Command" && name === "kubespray-cluster") return { stdout: runnerAnswer() };
  if (type.startsWith("tls:")) return { certPem: `certificate ${name}` };
  if (type === "random:index/randomPassword:RandomPassword")
    return { result: `password ${name}`, bcryptHash: `hash ${name}` };
  return {};
}

function runnerAnswer(): string {
  const hex = "0".repeat(64);
  const digests = { imagePath: hex, mirrors: hex, controlPlane: hex, variables: hex, preparation: hex };
  const clusters = [{ name: "porto", cluster: { server: "https://10.100.0.11:6443" } }];
  const kubeconfig = JSON.stringify({ kind: "Config", clusters });
  return JSON.stringify({ format: 1, applied: aSpecification({ digests }), kubeconfig });
}

export interface Recording<T> {
  readonly result: T;
  readonly resources: readonly Registered[];
  readonly urns: readonly string[];
}

/**
 * Runs a program against mocks and waits until all it registers is registered.
 * @param stack name of the stack.
 * @param config by full key, such as `edgewave:fleet`.
 */
export async function record<T>(
  program: (opts: pulumi.ComponentResourceOptions) => T | Promise<T>,
  { stack = "porto", config = {} }: { readonly stack?: string; readonly config?: Record<string, string> } = {},
): Promise<Recording<Awaited<T>>> {
  registered.length = 0;
  await pulumi.runtime.setMocks(mocks, "edgewave", stack, false);
  pulumi.runtime.setAllConfig(config);
  const seen: pulumi.Resource[] = [];
  const notice: pulumi.ResourceTransformation = ({ resource }) => {
    seen.push(resource);
    return undefined;
  };
  const result = await program({ transformations: [notice] });
  const urns = await Promise.all(seen.map((resource) => valueOf(resource.urn)));
  // Resources that carry no transformation are registered by now too: the event loop has turned for each.
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { result, resources: [...registered], urns };
}

/** The value of an output. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** Whether an output is secret. */
export function isSecret(output: pulumi.Output<unknown>): Promise<boolean> {
  return pulumi.isSecret(output);
}

/** Resources of a type, such as `kubernetes:apps/v1:Deployment`. */
export function ofType(recording: Recording<unknown>, type: string): readonly Registered[] {
  return recording.resources.filter((resource) => resource.type === type);
}

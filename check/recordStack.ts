import * as pulumi from "@pulumi/pulumi";
import type { Resource } from "../policy/resource";
import { plainWithSecrets } from "./secretMarks";

/** Waits for every resource that is on its way; the SDK has this without a type. */
function settled(): Promise<void> {
  return (pulumi.runtime as unknown as { readonly waitForRPCs: () => Promise<void> }).waitForRPCs();
}

/** What a provider would compute, with values that name their resource: long enough to be found again elsewhere. */
function computed(type: string, name: string): Readonly<Record<string, unknown>> {
  const secret = (what: string) => pulumi.secret(`${what} of ${name}`);
  switch (type) {
    case "tls:index/privateKey:PrivateKey":
      return {
        privateKeyPem: secret("private key"),
        privateKeyPemPkcs8: secret("private key in PKCS 8"),
        privateKeyOpenssh: secret("private key for OpenSSH"),
        publicKeyPem: `public key of ${name}`,
        publicKeyOpenssh: `public key for OpenSSH of ${name}`,
      };
    case "tls:index/certRequest:CertRequest":
      return { certRequestPem: `certificate request of ${name}` };
    case "tls:index/selfSignedCert:SelfSignedCert":
    case "tls:index/locallySignedCert:LocallySignedCert":
      return { certPem: `certificate of ${name}` };
    case "random:index/randomPassword:RandomPassword":
      return { result: secret("password") };
    case "random:index/randomBytes:RandomBytes":
      return { base64: secret("bytes"), hex: secret("bytes in hex") };
    case "command:local:Command":
    case "command:remote:Command":
      return { stdout: "", stderr: "" };
    default:
      return {};
  }
}

/**
 * Runs the program of a stack against nothing: each resource is noted and answered at once, and no provider, engine or
 * site is asked. One program at a time in a process, because the SDK has one monitor.
 * @returns all resources in the order of their registration, the stack with its outputs last.
 * @throws what the program throws, or an output of it.
 */
export async function recordStack(
  project: string,
  stack: string,
  program: () => Promise<Record<string, unknown> | void>,
): Promise<readonly Resource[]> {
  const resources: Resource[] = [];
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs, id }) => {
      const { value: props, secrets } = plainWithSecrets(inputs);
      resources.push({ type, name, props, secrets, origin: "stack" });
      return { id: id || `${name}-id`, state: { ...(inputs as object), ...computed(type, name) } };
    },
    call: ({ inputs }) => inputs as Record<string, unknown>,
  };
  await pulumi.runtime.setMocks(mocks, project, stack, false);
  const outputs = (await program()) ?? {};
  // Resources whose inputs come late are registered while the outputs are waited for.
  const written = await pulumi.runtime.serializeProperties("outputs", outputs);
  await settled();
  const { value: props, secrets } = plainWithSecrets(written);
  resources.push({ type: "pulumi:pulumi:Stack", name: `${project}-${stack}`, props, secrets, origin: "stack" });
  return resources;
}

import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { silent } from "../file/writtenFile";
import { type OrderInputs, orderOf } from "./day2/order";

export interface FieldClusterArgs extends Omit<OrderInputs, "wanted"> {
  /** Its digest of the image path is filled in. */
  readonly wanted: OrderInputs["wanted"];
  /** Digest of the image path's configuration. */
  readonly imagePath: pulumi.Input<string>;
  /** Absolute path of edgewave's Kubespray runner. */
  readonly runner: string;
  /** Values of the Ansible variables that rendered files only name; undefined if there are none. */
  readonly nodeVariables: pulumi.Output<Record<string, string>> | undefined;
}

/** For a site of many nodes over a slow link; a step has a limit of its own. */
const longestRun = "24h";

/**
 * The cluster of a field site: a command that gives an order to edgewave's Kubespray runner. The runner finds out what
 * has to be done by itself, so that the command may run at any time and any number of times; a changed order is an
 * update and never a replacement. Removing a cluster has to be allowed by name (EDGEWAVE_NODES).
 * @returns the command; its standard output is secret.
 */
export function fieldCluster(name: string, args: FieldClusterArgs, opts: pulumi.CustomResourceOptions): local.Command {
  const { imagePath, runner, wanted, nodeVariables, ...rest } = args;
  const order = pulumi.output(imagePath).apply((digest) => {
    return JSON.stringify(
      orderOf({ ...rest, wanted: { ...wanted, digests: { ...wanted.digests, imagePath: digest } } }),
    );
  });
  const run = (verb: string) => `exec node "$RUNNER" ${verb}`;
  const inputs = {
    create: run("apply"),
    update: run("apply"),
    delete: run("delete"),
    environment: {
      RUNNER: runner,
      ...(nodeVariables && {
        EDGEWAVE_NODE_VARIABLES: pulumi.secret(nodeVariables.apply((values) => JSON.stringify(values))),
      }),
    },
    interpreter: ["/bin/sh", "-c"],
    stdin: order,
  };
  return new local.Command(name, inputs, {
    ...opts,
    additionalSecretOutputs: ["stdout"],
    customTimeouts: { create: longestRun, update: longestRun, delete: longestRun },
    transformations: [...(opts.transformations ?? []), silent],
  });
}

import { z } from "zod";
import type { ResolvedSite } from "../../../fleet/model";
import { hasForm } from "../../../fleet/schema/formats";
import { ComponentArgumentError } from "../../argumentError";
import type { ClusterSpecification } from "./specification";

/** Version of the form below; a runner refuses any other. */
export const orderFormat = 1;

const text = (form: Parameters<typeof hasForm>[0]) => z.string().refine((value) => hasForm(form, value));
const label = text("edgewave-dns-label");
const address = text("edgewave-ipv4");
const user = text("edgewave-user");
const hostKeys = z.array(text("edgewave-host-key")).min(1);
const port = z.int().min(1).max(65535);
const absolute = z.string().regex(/^\/[^\u0000-\u001f\u007f"]*$/, "must be an absolute path without quotes");
const digest = z.string().regex(/^(|(sha256:)?[0-9a-f]{64})$/);

/** A specification as it is read back from a state or a journal, which somebody may have written to. */
export const specificationSchema: z.ZodType<ClusterSpecification> = z.strictObject({
  site: label,
  architecture: z.enum(["amd64", "arm64"]),
  small: z.boolean(),
  kubernetes: text("edgewave-kubernetes-version"),
  kubespray: text("edgewave-kubespray-tag"),
  network: z.strictObject({
    plugin: label,
    podCidr: text("edgewave-cidr"),
    serviceCidr: text("edgewave-cidr"),
    apiVip: address.nullable(),
  }),
  nodes: z
    .array(z.strictObject({ name: label, address, controlPlane: z.boolean(), worker: z.boolean() }))
    .min(1)
    .max(400),
  digests: z.strictObject({
    imagePath: digest,
    mirrors: digest,
    controlPlane: digest,
    variables: digest,
    preparation: digest,
  }),
});

/** What the stack's program asks of the Kubespray runner, on its standard input. It holds no secrets. */
export const orderSchema = z.strictObject({
  format: z.literal(orderFormat),
  wanted: specificationSchema,
  /** The site's folder, with `inventory/` in it. */
  siteDirectory: absolute,
  /** The site's own folder for the journal and the log. */
  recordDirectory: absolute,
  bastion: z.strictObject({ user, address, port, hostKeys }),
  /** How nodes are reached from the bastion. */
  ssh: z.strictObject({ user, port }),
  /** By node. */
  hostKeys: z.record(z.string(), hostKeys),
  /** Goes up when the kubeconfig shall be fetched anew although nothing else changed. */
  kubeconfigEpoch: z.int().min(0),
});

export type Order = z.output<typeof orderSchema>;

/** What the runner gives back on its standard output; all of it is kept as a secret. */
export const answerSchema = z.strictObject({
  format: z.literal(orderFormat),
  applied: specificationSchema,
  /** Text of a kubeconfig with the address of the API server as the nodes have it. */
  kubeconfig: z.string().min(1),
});

export type Answer = z.output<typeof answerSchema>;

export interface OrderInputs {
  readonly site: Pick<ResolvedSite, "name" | "bastion" | "ssh" | "nodes">;
  readonly wanted: ClusterSpecification;
  readonly siteDirectory: string;
  readonly recordDirectory: string;
  readonly kubeconfigEpoch: number;
}

/**
 * The order for a site.
 * @throws ComponentArgumentError `EDGE-COMPONENT-014` if a host key is missing, or anything else that a login needs is
 *   not what it must be: it all ends in files that ssh and Ansible read.
 */
export function orderOf(inputs: OrderInputs): Order {
  const { site, wanted, siteDirectory, recordDirectory, kubeconfigEpoch } = inputs;
  const { bastion } = site;
  const read = orderSchema.safeParse({
    format: orderFormat,
    wanted,
    siteDirectory,
    recordDirectory,
    bastion: { user: bastion.sshUser, address: bastion.address, port: bastion.sshPort, hostKeys: bastion.hostKeys },
    ssh: { user: site.ssh.user, port: site.ssh.port },
    hostKeys: Object.fromEntries(site.nodes.map(({ name, hostKeys }) => [name, hostKeys])),
    kubeconfigEpoch,
  });
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  throw new ComponentArgumentError(
    "EDGE-COMPONENT-014",
    "KubesprayCluster",
    `site ${site.name}`,
    `it cannot be logged in at: ${wrong}`,
    "Correct the site's file; host keys may also be in known_hosts beside fleet.yaml",
  );
}

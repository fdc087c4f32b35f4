import { z } from "zod";
import { specificationSchema } from "./order";
import type { Step } from "./step";

const nodeSchema = z.strictObject({
  name: z.string(),
  address: z.string(),
  controlPlane: z.boolean(),
  worker: z.boolean(),
});

const stepSchema: z.ZodType<Step> = z.strictObject({
  playbook: z.enum([
    "prepare-nodes.yml",
    "cluster.yml",
    "playbooks/facts.yml",
    "scale.yml",
    "remove-node.yml",
    "upgrade-cluster.yml",
    "reset.yml",
  ]),
  reason: z.string(),
  inventory: z.array(nodeSchema),
  limit: z.array(z.string()),
  tags: z.array(z.string()),
  variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  result: specificationSchema.nullable(),
});

/** What is known of a site's cluster, as it is kept in a file of the site's own. */
export const journalSchema = z.strictObject({
  format: z.literal(1),
  /** What the last finished steps left; null while no cluster is known. */
  applied: specificationSchema.nullable(),
  /** The run that is under way, or did not end. */
  run: z
    .strictObject({
      wanted: specificationSchema,
      steps: z.array(stepSchema),
      /** Steps of it that are done. */
      done: z.int().min(0),
    })
    .nullable(),
  /** Host keys of every node that was ever ordered, by name: one that leaves is no longer in the site's file. */
  hostKeys: z.record(z.string(), z.array(z.string())),
  kubeconfig: z
    .strictObject({
      /** When the client certificate of the last kubeconfig runs out; ISO. */
      expires: z.string(),
      epoch: z.int().min(0),
    })
    .nullable(),
});

export type Journal = z.output<typeof journalSchema>;

export const emptyJournal: Journal = { format: 1, applied: null, run: null, hostKeys: {}, kubeconfig: null };

/** Name of the file in the site's record folder. */
export const journalName = "journal.json";

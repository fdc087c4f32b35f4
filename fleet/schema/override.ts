import { z } from "zod";
import { document, labels, profileName } from "./document";
import { hasForm, text } from "./formats";

const plainObject = z.record(z.string(), z.unknown());

const scope = z
  .strictObject({
    profile: profileName.optional(),
    matchLabels: labels.optional().describe("Sites that have all of these labels."),
    site: text("edgewave-dns-label").optional().describe("One site's name."),
  })
  .superRefine((given, context) => {
    const named = Object.values(given).filter((value) => value !== undefined);
    if (named.length !== 1) context.addIssue({ code: "custom", message: "needs one of profile, matchLabels and site" });
    if (given.matchLabels !== undefined && Object.keys(given.matchLabels).length === 0) {
      context.addIssue({ code: "custom", path: ["matchLabels"], message: "names no label" });
    }
  })
  .describe(
    "Which sites: a profile's, those with labels, or one. A site's win over labels', which win over a profile's.",
  );

const operation = z
  .strictObject({
    op: z.enum(["add", "remove", "replace", "move", "copy", "test"]),
    path: text("edgewave-json-pointer"),
    from: text("edgewave-json-pointer").optional(),
    value: z.unknown().optional(),
  })
  .superRefine((given, context) => {
    const needsFrom = given.op === "move" || given.op === "copy";
    if (needsFrom !== (given.from !== undefined)) {
      context.addIssue({ code: "custom", message: `${given.op} ${needsFrom ? "needs" : "takes no"} from` });
    }
    const needsValue = given.op === "add" || given.op === "replace" || given.op === "test";
    if (needsValue !== (given.value !== undefined)) {
      context.addIssue({ code: "custom", message: `${given.op} ${needsValue ? "needs" : "takes no"} value` });
    }
  });

const patch = z
  .strictObject({
    target: z
      .strictObject({
        kind: text("edgewave-kind").describe("Such as HelmRelease."),
        name: text("edgewave-dns-name").max(253).describe("Such as loki."),
      })
      .describe("An object of the site's overlay."),
    merge: plainObject.optional().describe("A strategic merge patch, without apiVersion, kind and metadata.name."),
    json6902: z.array(operation).min(1).optional().describe("Operations of a JSON patch (RFC 6902)."),
  })
  .superRefine((given, context) => {
    if ((given.merge === undefined) === (given.json6902 === undefined)) {
      context.addIssue({ code: "custom", message: "needs one of merge and json6902" });
    }
  });

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const object = plainObject
  .superRefine((given, context) => {
    const { apiVersion, kind, metadata } = given as { apiVersion?: unknown; kind?: unknown; metadata?: unknown };
    if (!isText(apiVersion)) context.addIssue({ code: "custom", path: ["apiVersion"], message: "must be a text" });
    if (!isText(kind) || !hasForm("edgewave-kind", kind)) {
      context.addIssue({ code: "custom", path: ["kind"], message: "must be a Kubernetes kind, such as ConfigMap" });
    }
    const { name, namespace } = (metadata ?? {}) as { name?: unknown; namespace?: unknown };
    if (!isText(name) || !hasForm("edgewave-dns-name", name)) {
      context.addIssue({ code: "custom", path: ["metadata", "name"], message: "must be a DNS name in lower case" });
    }
    if (namespace !== undefined && (!isText(namespace) || !hasForm("edgewave-dns-label", namespace))) {
      context.addIssue({ code: "custom", path: ["metadata", "namespace"], message: "must be a DNS label" });
    }
  })
  .describe("A Kubernetes object that the sites get in addition; a Secret only if SOPS has encrypted it.");

/** `kind: Override`: any number, in overrides/*.yaml. */
export const overrideSchema = document(
  "Override",
  "What some sites have that is different from what a release says.",
  z.strictObject({ name: text("edgewave-dns-label") }),
  z
    .strictObject({
      for: scope,
      patches: z.array(patch).min(1).optional(),
      objects: z.array(object).min(1).optional(),
    })
    .superRefine((given, context) => {
      if (given.patches === undefined && given.objects === undefined) {
        context.addIssue({ code: "custom", message: "needs patches or objects" });
      }
    }),
);

export type OverrideDocument = z.output<typeof overrideSchema>;

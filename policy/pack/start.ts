import path from "node:path";
import { PolicyPack } from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";
import { siteContent } from "./siteContent";
import type { Resource } from "../resource";
import { rules } from "../rules";
import { policiesOf } from "./policies";
import { siteKnown } from "./siteKnown";
import { readSubject, type Subject } from "./subject";

/** The repository's root, where Pulumi.yaml is. */
const root = path.join(__dirname, "..", "..");

/**
 * Finds the site that the stack is and serves the rules to the engine.
 * `edgewave:day` of the stack's configuration holds it to the rules as on that day.
 */
export async function startPack(): Promise<void> {
  const config = new pulumi.Config("edgewave");
  const settings = { fleet: config.get("fleet"), release: config.get("release"), out: config.get("out") };
  const read = await readSubject(settings, pulumi.getStack(), root);
  const subject = typeof read === "string" ? undefined : read;
  const run = {
    subject,
    today: config.get("day") ?? new Date().toISOString().slice(0, 10),
    git: once(() => contentOf(subject)),
  };
  new PolicyPack("edgewave", {
    description: "What may not happen at an edge site.",
    policies: [siteKnown(typeof read === "string" ? read : undefined), ...policiesOf(rules, run)],
  });
}

function contentOf(subject: Subject | undefined): readonly Resource[] {
  return subject === undefined ? [] : siteContent(subject.release, subject.site);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

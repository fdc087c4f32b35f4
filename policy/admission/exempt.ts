import type { Exemption } from "../../fleet/policy";
import { text } from "./cel";

const namespace = "object.?metadata.?namespace.orValue('')";
const name = "object.?metadata.?name.orValue(object.?metadata.?generateName.orValue(''))";
/** As `titleOf` calls it. */
const title = `object.kind + ' ' + (${namespace} == '' ? '' : ${namespace} + '/') + ${name}`;

/** Kinds whose pods belong to what they make, not to them, and how that is called. */
const between: Readonly<Record<string, { readonly kind: string; readonly suffix: string }>> = {
  Deployment: { kind: "ReplicaSet", suffix: "-[a-z0-9]+" },
  CronJob: { kind: "Job", suffix: "-[0-9]+" },
};

/**
 * Whether an exemption lets an object be, in CEL with Kyverno's `time` library. Its last day ends by the admission
 * controller's clock, in UTC, so that it ends on a site without a link too.
 */
export function exemptInCel({ resources, until }: Exemption): string {
  const alive = `time.now() < timestamp(${text(dayAfter(until))})`;
  if (resources.length === 0) return alive;
  const patterns = resources.map(asPattern).join("|");
  const owners = resources.flatMap(ownerPatterns).join("|");
  const ownerTitle = `o.kind + ' ' + ${namespace} + '/' + o.name`;
  return (
    `${alive} && ((${title}).matches(${text(`^(?:${patterns})$`)}) || ` +
    `(object.kind == 'Pod' && object.?metadata.?ownerReferences.orValue([])` +
    `.exists(o, (${ownerTitle}).matches(${text(`^(?:${owners})$`)}))))`
  );
}

/** As people read it beside the policy. */
export function exemptionText({ resources, reason, owner, until }: Exemption): string {
  return `${resources.length === 0 ? "all" : resources.join(", ")} until ${until}: ${reason} (${owner})`;
}

function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return `${next.toISOString().slice(0, 10)}T00:00:00Z`;
}

/** `*` stands for any characters. */
function asPattern(resource: string): string {
  return resource.split("*").map(literally).join(".*");
}

/** What owns the pods of what a resource's name takes. */
function ownerPatterns(resource: string): readonly string[] {
  const space = resource.indexOf(" ");
  const [kind, rest] = space < 0 ? ["*", resource] : [resource.slice(0, space), resource.slice(space + 1)];
  const made = Object.entries(between).flatMap(([maker, { kind: owner, suffix }]) =>
    kind === maker || kind.includes("*") ? [`${owner} ${asPattern(space < 0 ? `*${rest}` : rest)}${suffix}`] : [],
  );
  return [asPattern(resource), ...made];
}

function literally(part: string): string {
  return part.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

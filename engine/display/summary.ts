const ORDER: readonly (readonly [string, string, string, string])[] = [
  ["create", "+ ", "created", "to create"],
  ["update", "~ ", "updated", "to update"],
  ["delete", "- ", "deleted", "to delete"],
  ["replace", "+-", "replaced", "to replace"],
  ["discard", "< ", "discarded", "to discard"],
  ["import", "= ", "imported", "to import"],
];

/**
 * The summary of what has changed, or would.
 *
 * @param errored how many resources failed.
 */
export function changesText(changes: Readonly<Record<string, number>>, preview: boolean, errored: number): string {
  const lines: string[] = [];
  let sum = 0;
  for (const [op, mark, done, plan] of ORDER) {
    const count = changes[op] ?? 0;
    if (count > 0) {
      sum += count;
      lines.push(`    ${mark}${count} ${preview ? plan : done}\n`);
    }
  }
  const same = changes["same"] ?? 0;
  const rest = [...(lines.length > 1 ? [`${sum} changes`] : []), ...(same > 0 ? [`${same} unchanged`] : [])];
  const errors = errored > 0 ? `    ${errored} errored\n` : "";
  return `Resources:\n${lines.join("")}${rest.length > 0 ? `    ${rest.join(". ")}\n` : ""}${errors}`;
}

/** How long it took, in whole seconds rounded up. */
export function durationText(duration: number): string {
  const whole = Math.max(1, Math.ceil(duration));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const parts = [hours > 0 ? `${hours}h` : "", whole >= 60 ? `${minutes}m` : "", `${whole % 60}s`];
  return `\nDuration: ${parts.join("")}\n`;
}

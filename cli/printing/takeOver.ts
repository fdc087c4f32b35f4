import type { SiteTakeOver } from "../../gitops/changes/exchange";
import type { SharedObject } from "../../gitops/changes/keptObjects";
import { plainText } from "../../gitops/git/plainText";
import type { Colors } from "../io";
import { plural } from "./findings";

/** What was taken over of a site: a line a change that needs somebody, and one for all others. */
export function formatTakeOver({ site, changes, open, more }: SiteTakeOver, colors: Colors): string[] {
  const merged = changes.filter(({ outcome }) => outcome === "merged").length;
  const lines = [
    `${site}: ${merged === 0 ? "nothing new is merged" : `${plural(merged, "change")} merged into sites`}`,
  ];
  for (const change of changes) {
    const name = `${change.commit.slice(0, 12)} "${change.subject}"`;
    if (change.outcome === "conflict") {
      lines.push(colors.yellow(`  conflict: ${name} in ${change.files.join(", ")}`));
    } else if (change.outcome === "refused") {
      lines.push(colors.red(`  refused: ${name}: ${change.why}; it stays in site/${site}`));
    }
  }
  for (const branch of open) {
    lines.push(
      colors.yellow(`  open: merge ${branch} into sites at the hub, or give sites its own way, then remove the branch`),
    );
  }
  if (more) lines.push(`  more is queued; run it again`);
  return lines;
}

/** Objects that both of a site's repositories own, each with what to do. */
export function formatShared(
  { site, shared }: { readonly site: string; readonly shared: readonly SharedObject[] },
  colors: Colors,
): string[] {
  return shared.map(({ identity, deployFile, siteFile }) =>
    colors.yellow(
      plainText(
        `  owned twice: ${identity} is in ${siteFile} of site/${site} and in ${deployFile} of deploy/${site}; ` +
          "Flux applies the one and the other in turn until one is removed",
      ),
    ),
  );
}

import { cutForSite } from "../../gitops/cut";
import { BlobIds, treeId } from "../../gitops/git/objectId";
import { filesOf, renderRelease, sharedTexts } from "../../gitops/render/release";
import { aRelease, aSite } from "../../test/support/fleet";
import type { Cost } from "../child";
import { answer, ownCost } from "../child";

export interface RendererAnswer extends Cost {
  readonly seconds: number;
  /** Of the fleet's tree, and their size in bytes. */
  readonly files: number;
  readonly bytes: number;
}

// One process that renders a release for sites of every profile, and names each site's cut as a publish does.
const [count = "0"] = process.argv.slice(2);
const profiles = ["micro", "micro", "micro", "mini", "standard", "ha-edge"] as const;

const sites = Array.from({ length: Number(count) }, (_, index) =>
  aSite({ profile: profiles[index % profiles.length] ?? "micro" }, index),
);
const began = performance.now();
const tree = renderRelease(aRelease(), sites);
let files = 0;
let bytes = 0;
for (const [, text] of filesOf(tree)) {
  files += 1;
  bytes += Buffer.byteLength(text);
}
const ids = new BlobIds(sharedTexts(tree));
treeId(filesOf(tree), ids);
for (const { name } of sites) treeId(cutForSite(tree, name), ids);
answer({ ...ownCost(), seconds: (performance.now() - began) / 1000, files, bytes } satisfies RendererAnswer);

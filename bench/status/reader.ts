import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { reportSigner, reportSignersPath, siteReport } from "../../components/reporter/address";
import type { ResolvedSite } from "../../fleet/model";
import { importCommits } from "../../gitops/git/importCommits";
import { moveRefs } from "../../gitops/git/refs";
import { openRepository } from "../../gitops/git/repository";
import { readReports } from "../../gitops/hub/readReports";
import { siteRepository } from "../../gitops/hub/siteRepository";
import { inLanes } from "../../gitops/lanes";
import { judgeSites } from "../../probes/siteReport/siteStates";
import { signSsh } from "../../signing/sshsig";
import { reportText, siteKey } from "../../test/probes/siteReport/hubFolder";
import { aKustomization, aNode, aReport, aTable } from "../../test/probes/siteReport/samples";
import { sites as sitesOf } from "../../test/support/fleet";
import { type Cost, answer, cpuOfChildren, ownCost } from "../child";

export interface StatusAnswer extends Cost {
  /** Seconds: of the first reading, of one that brings nothing new, and of judging all. */
  readonly first: number;
  readonly again: number;
  readonly judging: number;
}

// One process that reads the reports of a fleet from a hub in a folder, which it fills before.
const [root = "", count = "0"] = process.argv.slice(2);
const sites = sitesOf(Number(count));
const hubFolder = path.join(root, "hub");
const out = path.join(root, "out");

async function fill(): Promise<void> {
  await inLanes(sites, 16, async (site) => {
    const text = reportText(reportOf(site));
    const signature = signSsh(Buffer.from(text), siteKey, siteReport.namespace);
    const repository = siteRepository(hubFolder, site.name);
    await openRepository(repository, "main");
    const files = [
      [siteReport.file, text],
      [`${siteReport.file}.sig`, signature],
    ] as const;
    const [commit = ""] = await importCommits(repository, [{ parent: undefined, date: 0, message: "x", files }]);
    await moveRefs(repository, [{ ref: `refs/heads/${siteReport.branch}`, from: undefined, to: commit }]);
    const signers = path.join(out, "sites", site.name, reportSignersPath);
    await mkdir(path.dirname(signers), { recursive: true });
    await writeFile(signers, reportSigner(site.name, siteKey.publicKey));
  });
}

function reportOf({ name, nodes }: ResolvedSite) {
  const at = Date.now() - 60_000;
  const parts = { nodes: aTable(...nodes.map((node) => aNode(node.name))), kustomizations: aTable(aKustomization()) };
  return aReport(parts, { site: name, at, contact: { at, hub: at } });
}

async function seconds(act: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await act();
  return (performance.now() - began) / 1000;
}

async function main(): Promise<void> {
  await fill();
  const before = { ...ownCost(), children: cpuOfChildren() };
  const hub = { url: hubFolder, loginFile: path.join(root, "login"), maxConcurrency: 16 };
  await writeFile(hub.loginFile, "a:b\n");
  const directory = path.join(out, "git");
  const read = async () => {
    const { answered } = await readReports({ hub, directory, sites: sites.map(({ name }) => name) });
    if (answered.size !== sites.length) throw new Error(`${answered.size} of ${sites.length} sites were read`);
  };
  const first = await seconds(read);
  const again = await seconds(read);
  const judging = await seconds(async () => {
    const places = { gitDirectory: directory, outputDirectory: out };
    const judged = await judgeSites(sites, places, () => undefined, Date.now());
    const counted = [...judged.values()].filter(({ reportedAt }) => reportedAt !== undefined).length;
    if (counted !== sites.length) throw new Error(`${counted} of ${sites.length} reports count`);
  });
  const { cpu, peak } = ownCost();
  const children = cpuOfChildren() - before.children;
  answer({ cpu: cpu - before.cpu + children, peak, first, again, judging } satisfies StatusAnswer);
}

void main();

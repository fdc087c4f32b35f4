import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { stringify } from "yaml";
import { withFolder } from "../../support/edgewave";

/** Kyverno's command line, in the folder where `npm run test:real` builds it. */
const kyvernoFolder = process.env["EDGEWAVE_TEST_KYVERNO"];
export const kyverno = kyvernoFolder && path.join(kyvernoFolder, "kubectl-kyverno");

/** Policies that refuse each object, by `Kind name`, as Kyverno says. */
export async function refusedByKyverno(
  policies: readonly unknown[],
  objects: readonly unknown[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  return withFolder(async (folder) => {
    const write = async (name: string, all: readonly unknown[]) => {
      const file = path.join(folder, name);
      await writeFile(file, all.map((one) => stringify(JSON.parse(JSON.stringify(one)))).join("---\n"));
      return file;
    };
    const policyFile = await write("policies.yaml", policies);
    const objectFile = await write("objects.yaml", objects);
    const args = ["apply", policyFile, "--resource", objectFile, "-p", "--output-format", "json", "--remove-color"];
    // It ends with code 1 where anything is refused.
    const { stdout } = await promisify(execFile)(kyverno as string, args, { maxBuffer: 64 * 2 ** 20 }).catch(
      (error: { stdout: string }) => ({ stdout: error.stdout }),
    );
    const report = JSON.parse(stdout.slice(stdout.indexOf('{"kind"'))) as {
      results: { policy: string; result: string; resources: { kind: string; name: string }[] }[];
    };
    const refused = new Map<string, string[]>();
    for (const { policy, result, resources } of report.results) {
      expect(["pass", "fail", "skip"], policy).to.include(result);
      for (const { kind, name } of resources) {
        const key = `${kind} ${name}`;
        if (result === "fail") refused.set(key, [...(refused.get(key) ?? []), policy]);
      }
    }
    expect(report.results.length).to.be.greaterThan(objects.length);
    return refused;
  });
}

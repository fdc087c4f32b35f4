import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { buildMissing } from "./build";
import { kyverno, kyvernoFolder, programFolder } from "./programs";

/*
 * `npm run test:real [-- --skip-without-go] [MOCHA ARGUMENTS]`: the tests against real servers, and those that take minutes.
 *
 * The servers are those in KUBEBUILDER_ASSETS, the cluster of EDGEWAVE_TEST_KUBECONFIG, or built from Go modules into
 * the user's cache. So is Kyverno's command line, unless EDGEWAVE_TEST_KYVERNO names it.
 */
const tests = "test/**/real/**/*.test.ts";
const root = path.resolve(__dirname, "../..");

async function main(args: readonly string[]): Promise<number> {
  // Tests that take minutes run here alone.
  const environment: NodeJS.ProcessEnv = { ...process.env, EDGEWAVE_TEST_REAL: "1" };
  const rest = args.filter((argument) => argument !== "--skip-without-go");
  if (!environment["KUBEBUILDER_ASSETS"] && !environment["EDGEWAVE_TEST_KUBECONFIG"]) {
    const folder = programFolder(environment);
    const hasGo = spawnSync("go", ["version"]).status === 0;
    if (!hasGo && !existsSync(folder)) {
      const what = "there is no Go toolchain to build kube-apiserver and etcd with";
      if (rest.length < args.length) {
        console.log(`${what}: the tests against real servers are skipped`);
        return 0;
      }
      console.error(`${what}: install Go, set KUBEBUILDER_ASSETS, or give --skip-without-go`);
      return 1;
    }
    if (hasGo) await buildMissing(folder, environment, (line) => console.log(line));
    console.log(`servers: ${folder}`);
    environment["KUBEBUILDER_ASSETS"] = folder;
  }
  if (!environment["EDGEWAVE_TEST_KYVERNO"] && spawnSync("go", ["version"]).status === 0) {
    const folder = kyvernoFolder(environment);
    await buildMissing(folder, environment, (line) => console.log(line), [kyverno]);
    environment["EDGEWAVE_TEST_KYVERNO"] = path.join(folder, "kubectl-kyverno");
  }
  const mocha = path.join(root, "node_modules/mocha/bin/mocha.js");
  const run = spawn(process.execPath, [mocha, ...(rest.length === 0 ? [tests] : rest)], {
    cwd: root,
    env: environment,
    stdio: "inherit",
  });
  const [code] = (await once(run, "close")) as [number | null];
  return code ?? 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);

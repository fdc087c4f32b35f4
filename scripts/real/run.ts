import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { buildMissing } from "./build";
import { type Kit, kitFolder, kits } from "./programs";

/*
 * `npm run test:real [-- --skip-without-go] [-- --kits NAME,...] [MOCHA ARGUMENTS]`: the tests against real servers, and
 * those that take minutes.
 *
 * The servers are those in the folder that a kit's variable names (KUBEBUILDER_ASSETS, EDGEWAVE_TEST_GITEA,
 * EDGEWAVE_TEST_KYVERNO, EDGEWAVE_TEST_DEX), the cluster of EDGEWAVE_TEST_KUBECONFIG, or built from Go modules into the
 * user's cache; `--kits` builds only those named.
 */
const tests = "test/**/real/**/*.test.ts";
const root = path.resolve(__dirname, "../..");

async function main(args: readonly string[]): Promise<number> {
  // Tests that take minutes run here alone.
  const environment: NodeJS.ProcessEnv = { ...process.env, EDGEWAVE_TEST_REAL: "1" };
  const { skipWithoutGo, wanted, rest } = parsed(args);
  const missing = kits.filter(
    ({ name, variable, insteadOf }) =>
      (wanted === undefined || wanted.includes(name)) &&
      !environment[variable] &&
      (insteadOf === undefined || !environment[insteadOf]),
  );
  for (const kit of missing) {
    const folder = kitFolder(kit, environment);
    if (!has("go") && !existsSync(folder)) {
      const what = `there is no Go toolchain to build ${programsOf(kit)} with`;
      if (skipWithoutGo) {
        console.log(`${what}: the tests against real servers are skipped`);
        return 0;
      }
      console.error(`${what}: install Go, set ${kit.variable}, or give --skip-without-go`);
      return 1;
    }
    const lacking = kit.needs.filter((program) => !has(program));
    if (lacking.length > 0 && !existsSync(folder)) {
      console.log(
        `${programsOf(kit)} cannot be built without ${lacking.join(", ")}: the tests that need it are skipped`,
      );
      continue;
    }
    try {
      if (has("go")) await buildMissing(kit.modules, folder, environment, (line) => console.log(line));
    } catch (error) {
      if (!kit.optional) throw error;
      console.log(
        `${(error as Error).message}\n${programsOf(kit)} could not be built: the tests that need it are skipped`,
      );
      continue;
    }
    console.log(`servers: ${folder}`);
    environment[kit.variable] = folder;
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

function parsed(args: readonly string[]) {
  const rest = args.filter((argument) => argument !== "--skip-without-go");
  const at = rest.indexOf("--kits");
  const wanted = at === -1 ? undefined : rest.splice(at, 2)[1]?.split(",");
  return { skipWithoutGo: args.includes("--skip-without-go"), wanted, rest };
}

function has(program: string): boolean {
  return spawnSync(program, [program === "go" ? "version" : "--version"]).status === 0;
}

function programsOf({ modules }: Kit): string {
  return modules.flatMap(({ programs }) => Object.keys(programs)).join(", ");
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);

// Runs before `npm start` and `npm test`: installs the packages of package-lock.json if node_modules is not what it
// says. Plain JavaScript without dependencies, because nothing is installed yet when it runs.
"use strict";
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const oldest = [20, 19];

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  console.error(
    `edgewave needs Node ${oldest.join(".")} or later; this is ${process.version} (${process.execPath}).\n` +
      "Install a newer Node, then run the same command again.",
  );
  process.exit(2);
}

const missing = missingPackage();
if (missing) {
  console.error(`Installing packages (${missing}) ...`);
  // Install scripts stay off: those of Pulumi's packages would download plugins, and nothing here needs one.
  const npm = process.env.npm_execpath;
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const result = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ["ignore", 2, 2] })
    : spawnSync("npm", args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (result.status !== 0) {
    console.error(
      `npm ci did not succeed (exit code ${result.status ?? result.signal ?? result.error}).\n` +
        "Look at its message above: most often the npm registry cannot be reached from here.",
    );
    process.exit(1);
  }
}

/** Why an install is needed, or undefined. npm keeps what it installed in node_modules/.package-lock.json. */
function missingPackage() {
  const installed = readPackages(path.join(root, "node_modules", ".package-lock.json"));
  if (!installed) return "none are installed yet";
  const wanted = readPackages(path.join(root, "package-lock.json"));
  for (const [name, entry] of Object.entries(wanted ?? {})) {
    if (name === "" || entry.optional || entry.devOptional) continue;
    if (installed[name]?.version !== entry.version)
      return `${name.replace(/^.*node_modules\//, "")} ${entry.version} is missing`;
  }
  return undefined;
}

function readPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

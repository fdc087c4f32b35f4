import { writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Plays a container engine: it takes the command line apart as podman does, and runs what is behind the image with the
 * given variables and no others, from a virtual environment in the image's place.
 */
export function playedEngine(folder: string, venv: string) {
  const engine = path.join(folder, "podman");
  const calls = path.join(folder, "podman.calls");
  const script = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const { spawnSync } = require("node:child_process");
const words = process.argv.slice(2);
appendFileSync(${JSON.stringify(calls)}, words.join(" ") + "\\n");
if (words[0] !== "run") process.exit(0);
const withValue = ["--env", "--name", "--network", "--pull", "--volume", "--entrypoint"];
const env = { PATH: process.env.PATH, HOME: process.env.HOME };
let at = 1;
let program = "";
for (; words[at].startsWith("--"); at += withValue.includes(words[at]) ? 2 : 1) {
  const value = words[at + 1];
  if (words[at] === "--env") env[value.slice(0, value.indexOf("="))] = value.slice(value.indexOf("=") + 1);
  if (words[at] === "--entrypoint") program = value;
}
const { status } = spawnSync(${JSON.stringify(path.join(venv, "bin"))} + "/" + program, words.slice(at + 1), { env, stdio: "inherit" });
process.exit(status ?? 1);
`;
  writeFileSync(engine, script, { mode: 0o755 });
  const environment = {
    EDGEWAVE_CONTAINER_ENGINE: engine,
    EDGEWAVE_ANSIBLE_IMAGE: "played/kubespray:v2.31.0",
    EDGEWAVE_ANSIBLE_VENV: "",
  };
  return { calls, environment };
}

import { EngineError } from "../errors";
import { StackConfig } from "../project/config";
import type { Project } from "../project/project";
import type { StackFile } from "../project/stackfile";
import type { ConfigValue, OpenValue } from "../project/values";
import { configKey, configPath, hasSecure, openValue, typedText, valueAt, withValueAt } from "../project/values";
import type { FlagSpec } from "./arguments";
import type { Session } from "./session";

export const SHOW_FLAGS: FlagSpec = { json: "switch", "show-secrets": "switch" };
export const GET_FLAGS: FlagSpec = { json: "switch", path: "switch" };
export const SET_FLAGS: FlagSpec = { plaintext: "switch", secret: "switch", path: "switch" };
export const SET_ALL_FLAGS: FlagSpec = { plaintext: "list", secret: "list", path: "switch", json: "text" };
export const REMOVE_CONFIG_FLAGS: FlagSpec = { path: "switch" };

interface Opened {
  readonly project: Project;
  readonly file: StackFile;
}

async function open(session: Session): Promise<Opened> {
  const name = await session.stackName();
  await session.checkpoint(name);
  return { project: await session.project(), file: await session.stackFile(name) };
}

/** Prints all values. */
export async function showConfig(session: Session): Promise<void> {
  const { project, file } = await open(session);
  const show = session.args.has("show-secrets");
  const config = StackConfig.of(project, file, show ? await session.crypter(file) : undefined);
  const values = config.open();
  if (session.args.has("json")) {
    const json = Object.entries(values).map(([key, value]) => [key, valueJson(value, show)]);
    session.output.out(`${JSON.stringify(Object.fromEntries(json), null, 2)}\n`);
    return;
  }
  const short = (key: string) => (key.startsWith(`${project.name}:`) ? key.slice(project.name.length + 1) : key);
  const width = Math.max(3, ...Object.keys(values).map((key) => short(key).length));
  session.output.out(`${"KEY".padEnd(width)}  VALUE\n`);
  for (const [key, { value, secret, object }] of Object.entries(values)) {
    session.output.out(
      `${short(key).padEnd(width)}  ${secret && !show && object === undefined ? "[secret]" : value}\n`,
    );
  }
}

function valueJson({ value, object, secret }: OpenValue, show: boolean): object {
  if (secret && !show) {
    return { secret };
  }
  return { value, ...(object === undefined ? {} : { objectValue: object }), secret };
}

/** Prints one value. */
export async function getConfig(session: Session): Promise<void> {
  const { project, file } = await open(session);
  const given = session.args.positional[0];
  if (given === undefined) {
    throw new EngineError("'pulumi config get' needs a key");
  }
  const { key, steps } = place(session, given, project);
  const raw = valueAt(StackConfig.of(project, file, undefined).raw[key], steps);
  if (raw === undefined) {
    const name = await session.stackName();
    throw new EngineError(`configuration key '${given}' not found for stack '${name.stack}'`);
  }
  const opened = openValue(raw, hasSecure(raw) ? await session.crypter(file) : undefined);
  session.output.out(
    session.args.has("json") ? `${JSON.stringify(valueJson(opened, true), null, 2)}\n` : `${opened.value}\n`,
  );
}

/** Sets one value. */
export async function setConfig(session: Session): Promise<void> {
  const { project, file } = await open(session);
  const [key, value] = session.args.positional;
  if (key === undefined || value === undefined) {
    throw new EngineError("'pulumi config set' needs a key and a value: there is no standard input here");
  }
  if (session.args.has("secret") && session.args.has("plaintext")) {
    throw new EngineError("--plaintext and --secret cannot be given together");
  }
  await put(session, project, file, key, value, session.args.has("secret"));
  await file.save();
}

/** Sets many values at once. */
export async function setAllConfig(session: Session): Promise<void> {
  const { project, file } = await open(session);
  const json = session.args.text("json");
  if (json !== undefined) {
    const values = JSON.parse(json) as Record<string, { value?: string; objectValue?: ConfigValue; secret?: boolean }>;
    for (const [key, { value, objectValue, secret }] of Object.entries(values)) {
      if (objectValue !== undefined && secret !== true) {
        file.setConfig(configKey(key, project.name), objectValue);
      } else if (value !== undefined) {
        await put(session, project, file, key, value, secret === true);
      } else {
        throw new EngineError(`the configuration key '${key}' has no value`);
      }
    }
  }
  for (const [flag, text] of session.args.sequence) {
    if (flag === "plaintext" || flag === "secret") {
      const at = text.indexOf("=");
      if (at < 1) {
        throw new EngineError(`--${flag} needs KEY=VALUE`);
      }
      await put(session, project, file, text.slice(0, at), text.slice(at + 1), flag === "secret");
    }
  }
  await file.save();
}

/** Removes values. */
export async function removeConfig(session: Session): Promise<void> {
  const { project, file } = await open(session);
  if (session.args.positional.length === 0) {
    throw new EngineError("'pulumi config rm' needs a key");
  }
  for (const given of session.args.positional) {
    const { key, steps } = place(session, given, project);
    file.setConfig(key, withValueAt(file.config()[key], steps, undefined));
  }
  await file.save();
}

async function put(
  session: Session,
  project: Project,
  file: StackFile,
  given: string,
  text: string,
  secret: boolean,
): Promise<void> {
  const { key, steps } = place(session, given, project);
  let value: ConfigValue = steps.length > 0 ? typedText(text) : text;
  if (secret) {
    value = { secure: (await session.crypter(file)).encrypt(text) };
  }
  file.setConfig(key, withValueAt(file.config()[key], steps, value));
}

function place(
  session: Session,
  given: string,
  project: Project,
): { key: string; steps: readonly (string | number)[] } {
  return session.args.has("path")
    ? configPath(given, project.name)
    : { key: configKey(given, project.name), steps: [] };
}

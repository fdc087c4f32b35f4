import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";

import { EngineError } from "../errors";
import type { Json } from "../property/checkpoint";
import { plaintextCodec, EncryptingCodec } from "../secrets/manager";
import { checkDeployment, checkpointText, deploymentText, openDeployment } from "../state/checkpoint";
import { resourceToJson } from "../state/resource";
import { parseUrn } from "../urn";
import type { FlagSpec } from "./arguments";
import type { Session } from "./session";
import { verify } from "./state";

export const EXPORT_FLAGS: FlagSpec = { file: "text", "show-secrets": "switch" };
export const IMPORT_FLAGS: FlagSpec = { file: "text", force: "switch" };

/** Writes a stack's deployment to a file or to standard output. */
export async function exportStack(session: Session): Promise<void> {
  const name = await session.stackName();
  const raw = await session.checkpoint(name);
  let deployment: Json = raw.deployment ?? null;
  if (raw.deployment !== undefined && session.args.has("show-secrets")) {
    const { snapshot } = await session.open(raw);
    const pending = snapshot.pending.map(({ resource, type }) => ({
      resource: resourceToJson(resource.fields, plaintextCodec),
      type,
    }));
    deployment = {
      ...raw.deployment,
      ...(snapshot.resources.length > 0
        ? { resources: snapshot.resources.map(({ fields }) => resourceToJson(fields, plaintextCodec)) }
        : {}),
      ...(pending.length > 0 ? { pending_operations: pending } : {}),
    };
  }
  const text = `${JSON.stringify({ version: 3, deployment }, null, 4)}\n`;
  const file = session.args.text("file");
  if (file === undefined) {
    session.output.out(text);
  } else {
    await writeFile(resolve(session.folder, file), text, { mode: 0o600 });
  }
}

/** Replaces a stack's deployment by one from a file. */
export async function importStack(session: Session): Promise<void> {
  const file = session.args.text("file");
  if (file === undefined) {
    throw new EngineError("'pulumi stack import' needs --file: there is no standard input here");
  }
  const name = await session.stackName();
  await session.checkpoint(name);
  const path = resolve(session.folder, file);
  let json: { version?: Json; features?: Json; deployment?: { [key: string]: Json } | null };
  try {
    json = JSON.parse(await readFile(path, "utf8")) as typeof json;
  } catch (cause) {
    throw new EngineError(`could not read the deployment in ${path}: ${String(cause)}`, { cause });
  }
  const { deployment } = checkDeployment(Number(json.version), json.features, json.deployment ?? undefined);
  const stackFile = await session.stackFile(name);
  const crypter = await session.crypter(stackFile);
  const salt = stackFile.salt as string;
  const provider = (deployment?.["secrets_providers"] as { state?: { salt?: string } } | undefined)?.state?.salt;
  const reading =
    provider === undefined || provider === salt
      ? new EncryptingCodec(crypter)
      : await EncryptingCodec.create(session.env, { type: "passphrase", salt: provider });
  const snapshot = openDeployment(deployment, reading);
  verify(snapshot, name);
  const foreign = snapshot.resources.find(({ urn }) => {
    const { stack, project } = parseUrn(urn);
    return stack !== name.stack || project !== name.project;
  });
  if (foreign !== undefined && !session.args.has("force")) {
    throw new EngineError(
      `resource '${foreign.urn}' is from a different stack than '${name.stack}'; --force overrides this`,
    );
  }
  // Plain text that came in the file must not stay in the state.
  snapshot.resources.forEach((resource) => resource.update({}));
  snapshot.pending.forEach(({ resource }) => resource.update({}));
  const backend = await session.backend();
  await backend.lock(name).hold(async () => {
    const codec = provider === salt ? reading : new EncryptingCodec(crypter);
    await backend.write(name, checkpointText(name, deploymentText(snapshot, salt, codec, new Date())), true);
  });
  session.output.out("Import complete.\n");
}

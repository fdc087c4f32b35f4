import { readFile } from "node:fs/promises";
import path from "node:path";
import { text as textOf } from "node:stream/consumers";
import { parseAllDocuments } from "yaml";
import { yamlText } from "../../components/file/yamlText";
import { apiVersion } from "../../fleet/schema";
import { leastCost, peopleProblem } from "../../gitops/sops/peopleProblem";
import { sealSecret, type SecretObject } from "../../gitops/sops/seal";
import { readFleet } from "../../fleet/read";
import { exitCode } from "../exitCodes";
import { print, type Io } from "../io";
import { chooseSite, FleetHasFindings } from "../load";
import { outFolder, withFleet, withOut, type OutputOptions } from "../options";
import { claimOutFolder } from "../outFolder";
import type { AddCommand } from "../program";
import { recipientsOf } from "../sopsKeys";
import { UserError } from "../userError";

export const addSeal: AddCommand = (program, io, done) => {
  const command = program
    .command("seal")
    .description("encrypt Secrets for one site and print the override that brings them there")
    .argument("<site>", "the site")
    .argument("[file]", "YAML of Secrets in clear (default: standard input)");
  withOut(withFleet(command))
    .option("--name <name>", "name of the override (default: <site>-secrets)")
    .action(async (name: string, file: string | undefined, options: OutputOptions & { readonly name?: string }) => {
      const folder = path.resolve(io.cwd, options.fleet);
      // Overrides that are not right yet are no hindrance: this command is how they become right.
      const { fleet, findings } = await readFleet(folder);
      if (fleet === undefined) throw new FleetHasFindings(folder, findings);
      const site = chooseSite(fleet, name);
      const out = outFolder(io, options, fleet.name);
      const secrets = readSecrets(await readInput(io, file), file ?? "standard input");
      await claimOutFolder(out, fleet.name);
      const recipient = (await recipientsOf(out, [site])).get(site.name) ?? "";
      const objects = await Promise.all(secrets.map((secret) => sealSecret(secret, recipient, new Date())));
      const metadata = { name: options.name ?? `${name}-secrets` };
      print(io, yamlText({ apiVersion, kind: "Override", metadata, spec: { for: { site: name }, objects } }));
      done(exitCode.done);
    });
};

async function readInput(io: Io, file: string | undefined): Promise<string> {
  if (file === undefined) return textOf(io.stdin);
  return readFile(path.resolve(io.cwd, file), "utf8").catch((cause: unknown) => {
    throw new UserError("EDGE-CLI-074", `${file} cannot be read`, "Name a file that this user may read.", undefined, {
      cause,
    });
  });
}

/** @throws UserError for anything but Secrets in clear; it never shows a value. */
function readSecrets(text: string, where: string): readonly SecretObject[] {
  const documents = parseAllDocuments(text);
  const refuse = (problem: string): never => {
    throw new UserError(
      "EDGE-CLI-075",
      `${where} ${problem}`,
      "Give YAML of one Secret or more, with metadata.name, metadata.namespace and stringData or data.",
    );
  };
  if (documents.length === 0) refuse("holds no document");
  return documents.map((document) => {
    if (document.errors.length > 0) refuse("is not valid YAML");
    const value = document.toJS() as Partial<SecretObject> & { readonly sops?: unknown };
    const { name, namespace } = (value?.metadata ?? {}) as { name?: unknown; namespace?: unknown };
    if (value?.kind !== "Secret" || value.apiVersion !== "v1") refuse("holds something else than v1 Secrets");
    if (typeof name !== "string" || typeof namespace !== "string") refuse("holds a Secret without name or namespace");
    if (value.sops !== undefined) refuse("holds a Secret that SOPS has encrypted already");
    const secret = value as SecretObject;
    const weak = peopleProblem(secret);
    if (weak !== undefined) {
      throw new UserError(
        "EDGE-CLI-085",
        `${where}: ${weak}`,
        `Give bcrypt hashes with a cost of ${leastCost} or more, such as \`htpasswd -nBC 12 NAME\` makes.`,
      );
    }
    return secret;
  });
}

import type { Command } from "commander";
import { text } from "node:stream/consumers";
import { gitea } from "../../components/gitea/address";
import type { Credential } from "../../gitops/hub/credentials";
import { apiProxyVariable } from "../apiProxy";
import { exitCode, type ExitCode } from "../exitCodes";
import { credentialStore } from "../hub";
import { listenForInterrupts } from "../interrupt";
import { print, printJson, type Io } from "../io";
import { chooseSite, loadFleet } from "../load";
import { outFolder, withEngine, withFleet, withJson, withOut, type EngineOptions } from "../options";
import { plural } from "../printing/findings";
import { configureSiteGit, siteGitInput, type SiteGitInput } from "../siteGit";
import { UserError } from "../userError";
import { readOutputs } from "./siteOutput";

interface SiteGitOptions extends EngineOptions {
  readonly connect?: string;
  readonly dryRun?: boolean;
}

/** `edgewave site git NAME`, and the same for a stack, which gives everything on standard input. */
export function addSiteGit(site: Command, io: Io, done: (code: ExitCode) => void): void {
  const command = site
    .command("git")
    .description("configure one site's Gitea: mirrors, accounts, protection, webhook; says what it does")
    .argument("<name>", "the site")
    .option("--connect <host:port>", "where its Gitea is reached, such as the end of a tunnel (default: its own name)")
    .option("--dry-run", "only say what would be done");
  withJson(withEngine(withOut(withFleet(command)))).action(async (name: string, options: SiteGitOptions) =>
    done(await byHand(io, name, options)),
  );
  site
    .command("git-apply", { hidden: true })
    .description("what a stack calls: the input is one JSON document on standard input")
    .action(async () => done(await forStack(io)));
}

async function byHand(io: Io, name: string, options: SiteGitOptions): Promise<ExitCode> {
  const { fleet } = await loadFleet(io, options);
  const site = chooseSite(fleet, name);
  const outputs = await readOutputs(io, name, options);
  const output = (key: string): string => String(outputs[key]?.value ?? "");
  const store = credentialStore(outFolder(io, options, fleet.name));
  const of = async (use: "read" | "write"): Promise<Credential> => {
    const found = await store.get({ site: site.name, use });
    if (found !== undefined) return found;
    const what = `there is no token by which ${name} could ${use === "read" ? "read from" : "write to"} the hub`;
    throw new UserError("EDGE-HUB-005", what, "Run edgewave hub setup first.");
  };
  const receiver = outputs["gitWebhook"]?.value as { readonly url: string; readonly token: string } | undefined;
  const input: SiteGitInput = {
    url: output("gitUrl").replace(/\/$/, ""),
    authority: output("authorityCertificate"),
    administrator: { username: output("gitAdministrator"), password: output("gitAdministratorPassword") },
    ...(options.connect === undefined ? {} : { connectTo: endpoint(options.connect) }),
    git: {
      site: site.name,
      hub: { url: fleet.hub.gitUrl, read: await of("read"), write: await of("write") },
      reader: gitea.reader,
      writer: gitea.writer,
      webhook: receiver && { url: receiver.url, secret: receiver.token },
    },
  };
  const act = options.dryRun !== true;
  const lines: string[] = [];
  await run(io, input, act, (line) => {
    lines.push(line);
    if (!options.json) print(io, `${act ? "" : "would "}${line}`);
  });
  if (options.json) printJson(io, { site: name, changes: lines, done: act });
  else
    print(
      io,
      lines.length === 0
        ? "everything is as it should be"
        : `${act ? "done" : "to do"}: ${plural(lines.length, "change")}`,
    );
  return exitCode.done;
}

async function forStack(io: Io): Promise<ExitCode> {
  const given = siteGitInput.safeParse(parsed(await text(process.stdin)));
  if (!given.success) {
    // Which part, never what is in it.
    const where = given.error.issues.map(({ path }) => path.join(".")).join(", ");
    throw new UserError(
      "EDGE-HUB-008",
      `what the stack gave cannot be used: ${where}`,
      "This is a defect; please report it.",
    );
  }
  await run(io, given.data, true, (line) => print(io, line));
  return exitCode.done;
}

async function run(io: Io, input: SiteGitInput, act: boolean, tell: (line: string) => void): Promise<void> {
  const interrupts = listenForInterrupts(io);
  try {
    await configureSiteGit(input, { act, signal: interrupts.stop, tell, proxy: io.env[apiProxyVariable] });
  } finally {
    interrupts.dispose();
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

function endpoint(written: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^([A-Za-z0-9.-]+):(\d{1,5})$/.exec(written) ?? [];
  if (host === undefined)
    throw new UserError("EDGE-CLI-003", `--connect ${written} is no host and port`, "Write it as 127.0.0.1:3000.");
  return { host, port: Number(port) };
}

import { readFile } from "node:fs/promises";
import path from "node:path";
import { approvalText } from "../../../rollout/approvals/approvalText";
import type { RemoteRequest } from "../../../rollout/requestForm";
import type { RolloutState } from "../../../rollout/state";
import { exitCode } from "../../exitCodes";
import { print, type Io } from "../../io";
import { seconds, withFleet, withOut, withRollout, withLedger, type LedgerOptions } from "../../options";
import type { AddCommand } from "../../program";
import { approvalFor, approvalSeconds, readApprovers, signedHere, verified } from "../../rollout/approvals";
import { askAndTell } from "../../rollout/askAndTell";
import { withLastRunOf } from "../../rollout/ledgerFile";
import { whoAsks } from "../../rollout/request";
import { readNamedKey } from "../../signingKey";
import { UserError } from "../../userError";

interface ApproveOptions extends LedgerOptions {
  readonly expires?: string;
  readonly signingKey?: string;
  readonly text?: string;
  readonly signature?: string;
}

type ApproveWave = Extract<RemoteRequest, { readonly type: "approve-wave" }>;

export const addApprovals: AddCommand = (rollout, io, done) => {
  const approve = rollout
    .command("approve")
    .description("let a wave start, or take the gate that holds a wave or a site as passed")
    .argument("<wave or site>", "a wave that waits for approval, or a wave or site that a gate holds");
  withLedger(approve)
    .option("--expires <duration>", "how long it holds, such as 8h (default: 24h if it is signed, else for ever)")
    .option("--signing-key <file>", "Ed25519 key that signs it; edgewave's own, or OpenSSH's without a passphrase")
    .option("--text <file>", "what was signed elsewhere, from: edgewave rollout approval-text")
    .option("--signature <file>", "its signature, by: ssh-keygen -Y sign -n edgewave-approval -f KEY FILE")
    .action(async (target: string, options: ApproveOptions) => {
      await withLastRunOf(io, options, async (last, { folder }) => {
        const request = await requestFor(io, last.state, target, options, folder);
        await askAndTell(io, options, last, request, ({ driven }) => {
          print(io, `${target} is approved by ${request.by}`);
          if (!driven) print(io, "no driver is at work; edgewave rollout start goes on");
        });
      });
      done(exitCode.done);
    });

  const text = rollout
    .command("approval-text")
    .description("print what has to be signed to let a wave start, to sign it on another machine")
    .argument("<wave>", "the wave");
  withRollout(withOut(withFleet(text)))
    .option("--expires <duration>", "how long the approval holds (default: 24h)")
    .action(async (wave: string, options: ApproveOptions) => {
      await withLastRunOf(io, options, ({ state }) => {
        requireWave(state, wave);
        print(io, approvalText(approvalFor(state, wave, expiry(options.expires))));
      });
      done(exitCode.done);
    });
};

async function requestFor(
  io: Io,
  state: RolloutState,
  target: string,
  options: ApproveOptions,
  fleetFolder: string,
): Promise<RemoteRequest> {
  const isSite = state.sites.get(target) !== undefined && !state.waves.some(({ plan }) => plan.name === target);
  if (isSite) return { type: "approve-site", by: whoAsks(), site: target };
  requireWave(state, target);
  const signed = await signatureFor(io, state, target, options);
  if (signed === undefined) {
    const expires = options.expires === undefined ? {} : { expires: expiry(options.expires) };
    return { type: "approve-wave", by: whoAsks(), wave: target, ...expires };
  }
  const request: ApproveWave = { type: "approve-wave", by: whoAsks(), wave: target, signed };
  const checked = verified(state, request, await readApprovers(fleetFolder), Date.now());
  if ("refused" in checked) throw new UserError("EDGE-CLI-043", checked.refused, "Nothing was recorded.");
  return checked;
}

async function signatureFor(
  io: Io,
  state: RolloutState,
  wave: string,
  { signingKey, text, signature, expires }: ApproveOptions,
): Promise<ApproveWave["signed"]> {
  if (signingKey !== undefined) {
    const { key } = await readNamedKey(path.resolve(io.cwd, signingKey));
    return { ...signedHere(approvalFor(state, wave, expiry(expires)), key), fingerprint: "" };
  }
  if (text === undefined && signature === undefined) return undefined;
  if (text === undefined || signature === undefined) {
    throw new UserError("EDGE-CLI-044", "--text and --signature belong together", "Give both.");
  }
  const [read, armoured] = await Promise.all([text, signature].map((file) => readGiven(path.resolve(io.cwd, file))));
  return { text: read ?? "", signature: armoured ?? "", fingerprint: "" };
}

async function readGiven(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new UserError("EDGE-CLI-044", `${file} cannot be read`, "Name a file that is there.", undefined, { cause });
  });
}

function expiry(written: string | undefined): number {
  return Date.now() + (written === undefined ? approvalSeconds : seconds("--expires", written)) * 1000;
}

function requireWave(state: RolloutState, name: string): void {
  const names = state.waves.map(({ plan }) => plan.name);
  if (names.includes(name)) return;
  throw new UserError(
    "EDGE-CLI-045",
    `rollout ${state.rollout} has no wave and no site ${name}`,
    `Its waves are ${names.join(", ")}.`,
  );
}

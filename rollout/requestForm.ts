import { z } from "zod";

import { outcomes } from "./events";
import type { LedgerRequest, StoredRequest } from "./ledger/inbox";
import type { RolloutRequest } from "./requests";

const reason = { reason: z.string().max(500).optional() };
const signed = z.object({ text: z.string(), signature: z.string(), fingerprint: z.string() });

/** What the ledger's inbox may hold beside the type and who asks. Another version may have written it. */
const forms = {
  pause: z.object(reason),
  resume: z.object({}),
  abort: z.object(reason),
  "approve-wave": z.object({ wave: z.string(), expires: z.number().optional(), signed: signed.optional() }),
  "approve-site": z.object({ site: z.string() }),
  retry: z.object({
    outcomes: z.array(z.enum(outcomes)),
    sites: z.array(z.string()),
    waves: z.array(z.string()).optional(),
  }),
  rollback: z.object({ wave: z.string().optional(), ...reason }),
  evidence: z.object({ site: z.string(), result: z.enum(["pass", "fail"]), detail: z.string().max(2_000) }),
} as const;

/** Requests that may come from another process. A catch-up needs the fleet as it is now, so its own process drives it. */
export type RemoteRequest = Exclude<RolloutRequest, { readonly type: "catch-up" }>;

/** A request from the ledger's inbox, or why it cannot be read, for people. */
export function requestOf({ type, by, data }: StoredRequest): RemoteRequest | { readonly refused: string } {
  const form = Object.hasOwn(forms, type) ? forms[type as keyof typeof forms] : undefined;
  if (form === undefined) return { refused: `the driver, of another version of edgewave, does not know ${type}` };
  const read = form.safeParse(data);
  if (!read.success) return { refused: `the request ${type} cannot be read: ${z.prettifyError(read.error)}` };
  return { type, by, ...read.data } as RemoteRequest;
}

/** What is put into the inbox for a request. @param at milliseconds since the epoch. */
export function storedForm(request: RemoteRequest, rollout: string, run: string, at: number): LedgerRequest {
  const { type, by, ...data } = request;
  return { rollout, run, at, type, by, data };
}

import type { Client, ClientChannel } from "ssh2";

/** What ssh2 keeps to itself and this file needs; its version is pinned. */
interface Internals {
  readonly _protocol: {
    env: (channel: number, name: string, value: string, wantReply?: boolean) => void;
    readonly signal: (channel: number, name: string) => void;
  };
  readonly _chanMgr: {
    readonly _channels: Readonly<
      Record<string, { readonly outgoing?: { readonly id?: number }; _callbacks?: ((failed: unknown) => void)[] }>
    >;
  };
}

/**
 * Makes the host answer for each environment variable. ssh2 sends them without asking, so a variable that the host
 * refuses would be missing in silence.
 *
 * @param onRefused gets the name of each variable that the host does not accept.
 */
export function askForEnvironment(client: Client, onRefused: (name: string) => void): void {
  const { _protocol: protocol, _chanMgr: channels } = client as unknown as Internals;
  const send = protocol.env.bind(protocol);
  protocol.env = (id, name, value) => {
    const channel = Object.values(channels._channels).find((found) => found.outgoing?.id === id);
    if (channel?._callbacks === undefined) throw new Error("ssh2 has no channel to set the environment of");
    channel._callbacks.push((failed) => {
      if (failed !== false) onRefused(name);
    });
    send(id, name, value, true);
  };
}

/** Signals the process group of a command; ssh2 itself does so only while the command's input is open. */
export function signalCommand(client: Client, channel: ClientChannel, name: "INT" | "KILL"): void {
  const { outgoing } = channel as unknown as { readonly outgoing: { readonly id: number; readonly state: string } };
  if (outgoing.state === "closed" || outgoing.state === "closing") return;
  const { _protocol: protocol } = client as unknown as Partial<Internals>;
  protocol?.signal(outgoing.id, name);
}

import { setTimeout as sleep } from "node:timers/promises";
import { Client, utils } from "ssh2";
import type { AnyAuthMethod, ConnectConfig, ParsedKey, ServerHostKeyAlgorithm } from "ssh2";
import { ProviderError } from "../../failure";
import type { CallContext } from "../../provider";
import { surroundingsOf } from "../../surroundings";
import type { Connection, Endpoint } from "./connection";

/** A session with a host; the way there is closed with it. */
export interface Link {
  readonly client: Client;
  close(): void;
}

/** Waits between tries: 100 ms, half as much again each time, 5 seconds at most, as the official provider's. */
const firstDelay = 100;
const backoff = 1.5;
const longestDelay = 5000;

/** A running session whose host answers nothing for a minute is given up. */
const keepalive = { keepaliveInterval: 15_000, keepaliveCountMax: 4 };

/** Raised at once, without another try: no try would end otherwise. */
class Hopeless extends ProviderError {}

/**
 * Logs in to a host, through its proxy if there is one. A try that fails is repeated until the limit is reached.
 *
 * @throws ProviderError with the host and the last failure; at once if the host shows another key than expected, or a
 *   key cannot be read.
 */
export async function dial(connection: Connection, context: CallContext): Promise<Link> {
  const config = configOf(connection, context);
  const { proxy } = connection;
  if (proxy === undefined) return await withRetries("Dial", connection, context, () => open(config, context.signal));
  const through = await withRetries("Dial proxy", proxy, context, () => open(configOf(proxy, context), context.signal));
  try {
    const client = await withRetries("Dial from proxy", connection, context, async () => {
      const sock = await forward(through.client, connection, context.signal);
      return await open({ ...config, sock }, context.signal);
    });
    return {
      client: client.client,
      close: () => {
        client.close();
        through.close();
      },
    };
  } catch (error) {
    through.close();
    throw error;
  }
}

async function withRetries(
  what: string,
  endpoint: Endpoint,
  context: CallContext,
  attempt: () => Promise<Link>,
): Promise<Link> {
  let delay = firstDelay;
  for (let failed = 1; ; failed += 1) {
    context.signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof Hopeless || context.signal.aborted) throw error;
      const limit = endpoint.dialErrorLimit;
      if (limit > -1 && failed > limit) {
        throw new ProviderError(
          "EDGE-COMMAND-004",
          `${endpoint.user}@${endpoint.host}:${endpoint.port} cannot be reached by SSH after ${failed} tries: ` +
            (error as Error).message,
          "Check that the host runs and lets this user in, or raise dialErrorLimit and perDialTimeout",
          { cause: error },
        );
      }
      context.log("info", `${what} ${failed}/${limit === -1 ? "inf" : limit} failed: retrying`, { ephemeral: true });
      await sleep(delay, undefined, { signal: context.signal });
      delay = Math.min(delay * backoff, longestDelay);
    }
  }
}

async function open(config: ConnectConfig, signal: AbortSignal): Promise<Link> {
  const client = new Client();
  // A connection that breaks later is seen by what runs on it; unheard, the event would end the process.
  client.on("error", () => undefined);
  return await new Promise<Link>((resolve, reject) => {
    const leave = (): void => {
      signal.removeEventListener("abort", cancel);
      client.removeListener("close", closed);
    };
    const fail = (error: Error): void => {
      leave();
      client.destroy();
      reject(error);
    };
    const cancel = (): void => fail(new Error("the connection was cancelled", { cause: signal.reason }));
    const closed = (): void => fail(new Error("the host closed the connection"));
    signal.addEventListener("abort", cancel, { once: true });
    client.once("close", closed);
    client.once("error", fail);
    client.once("ready", () => {
      leave();
      resolve({ client, close: () => client.end() });
    });
    const verifier = config.hostVerifier as ((key: Buffer) => boolean) | undefined;
    client.connect({
      ...config,
      hostVerifier: (key: Buffer) => {
        if (verifier === undefined || verifier(key)) return true;
        fail(hostKeyError(config, key));
        return false;
      },
    });
  });
}

function hostKeyError(config: ConnectConfig, key: Buffer): Hopeless {
  const shown = utils.parseKey(key);
  const name = shown instanceof Error ? "a key of an unknown type" : `${shown.type} ${key.toString("base64")}`;
  return new Hopeless(
    "EDGE-COMMAND-005",
    `the host key of ${config.username}@${config.host ?? ""}:${config.port ?? ""} is not the expected one: ` +
      `it shows ${name}`,
    "Find out whether the host was installed anew; only if it was, change hostKey. Otherwise somebody may be in between",
  );
}

async function forward(
  proxy: Client,
  target: Endpoint,
  signal: AbortSignal,
): Promise<NonNullable<ConnectConfig["sock"]>> {
  const { host, port, perDialTimeout } = target;
  return await new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      leave();
      reject(error);
    };
    const cancel = (): void => fail(signal.reason);
    const broken = (): void => fail(new Error("the connection to the proxy broke"));
    // The proxy waits longer for a host that does not answer than was asked for.
    const timer =
      perDialTimeout > 0
        ? setTimeout(() => fail(new Error("the proxy reached no host in time")), perDialTimeout * 1000)
        : undefined;
    const leave = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", cancel);
      proxy.removeListener("close", broken);
    };
    signal.addEventListener("abort", cancel, { once: true });
    proxy.once("close", broken);
    proxy.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
      leave();
      if (error) reject(error);
      else resolve(channel);
    });
  });
}

function configOf(endpoint: Endpoint, context: CallContext): ConnectConfig {
  const { host, port, user, perDialTimeout, hostKey } = endpoint;
  return {
    host,
    port,
    username: user,
    readyTimeout: perDialTimeout * 1000,
    ...keepalive,
    authHandler: authMethods(endpoint, surroundingsOf(context).environment["SSH_AUTH_SOCK"]),
    ...(hostKey === undefined ? {} : expecting(hostKey, endpoint)),
  };
}

/** In the official provider's order: the key, the password, and the keys of the agent. */
function authMethods(endpoint: Endpoint, agentSocket: string | undefined): AnyAuthMethod[] {
  const username = endpoint.user;
  const methods: AnyAuthMethod[] = [];
  if (endpoint.privateKey !== undefined) {
    methods.push({ type: "publickey", username, key: parsedKey(endpoint, endpoint.privateKey) });
  }
  const { password } = endpoint;
  if (password !== undefined) {
    methods.push({ type: "password", username, password });
    methods.push({
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
    });
  }
  const agent = endpoint.agentSocketPath ?? agentSocket;
  if (agent !== undefined && agent !== "") methods.push({ type: "agent", username, agent });
  return methods.length === 0 ? [{ type: "none", username }] : methods;
}

function parsedKey(endpoint: Endpoint, privateKey: string): ParsedKey {
  const key = utils.parseKey(privateKey, endpoint.privateKeyPassword);
  if (!(key instanceof Error)) return key;
  throw new Hopeless(
    "EDGE-COMMAND-006",
    `the private key for ${endpoint.user}@${endpoint.host} cannot be read: ${key.message}`,
    "Give the whole key in OpenSSH or PEM form, and privateKeyPassword if it is encrypted",
  );
}

/** Lets the host show the expected key only, of all that it may have. */
function expecting(hostKey: string, endpoint: Endpoint): Pick<ConnectConfig, "algorithms" | "hostVerifier"> {
  const key = utils.parseKey(hostKey);
  if (key instanceof Error || key.isPrivateKey()) {
    throw new Hopeless(
      "EDGE-COMMAND-005",
      `the host key given for ${endpoint.host} cannot be read`,
      "Give one line such as 'ssh-ed25519 AAAA...', as ssh-keyscan prints it without the host's name",
    );
  }
  const types = key.type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [key.type];
  const expected = key.getPublicSSH();
  return {
    algorithms: { serverHostKey: types as ServerHostKeyAlgorithm[] },
    hostVerifier: (shown: Buffer) => shown.equals(expected),
  };
}

import { RefusedError } from "../errors";
import type { FlagSpec } from "./arguments";
import * as config from "./config";
import { HISTORY_FLAGS, printHistory } from "./history";
import * as operations from "./operations";
import * as other from "./other";
import { OUTPUT_FLAGS, printOutputs } from "./output";
import type { Session } from "./session";
import { renameStack } from "./rename";
import * as stack from "./stack";
import { EXPORT_FLAGS, exportStack, IMPORT_FLAGS, importStack } from "./transfer";

/** One command of the CLI, as this engine does it. */
export interface Verb {
  readonly flags: FlagSpec;
  /** What the positional arguments are; `...` is any number. */
  readonly positional: readonly string[];
  readonly run: (session: Session) => Promise<void>;
}

const VERBS: Readonly<Record<string, Verb>> = {
  up: { flags: operations.UP_FLAGS, positional: [], run: operations.up },
  preview: { flags: operations.PREVIEW_FLAGS, positional: [], run: operations.preview },
  refresh: { flags: operations.REFRESH_FLAGS, positional: [], run: operations.refreshStack },
  destroy: { flags: operations.DESTROY_FLAGS, positional: [], run: operations.destroy },
  cancel: { flags: { yes: "switch" }, positional: ["[STACK]"], run: stack.cancel },
  "stack init": { flags: stack.INIT_FLAGS, positional: ["STACK"], run: stack.initStack },
  "stack select": { flags: {}, positional: ["STACK"], run: stack.selectStack },
  "stack ls": { flags: stack.LIST_FLAGS, positional: [], run: stack.listStacks },
  "stack rename": { flags: {}, positional: ["NEW-NAME"], run: renameStack },
  "stack rm": { flags: stack.REMOVE_FLAGS, positional: ["[STACK]"], run: stack.removeStack },
  "stack output": { flags: OUTPUT_FLAGS, positional: ["[NAME]"], run: printOutputs },
  "stack export": { flags: EXPORT_FLAGS, positional: [], run: exportStack },
  "stack import": { flags: IMPORT_FLAGS, positional: [], run: importStack },
  "stack history": { flags: HISTORY_FLAGS, positional: [], run: printHistory },
  history: { flags: HISTORY_FLAGS, positional: [], run: printHistory },
  config: { flags: config.SHOW_FLAGS, positional: [], run: config.showConfig },
  "config get": { flags: config.GET_FLAGS, positional: ["KEY"], run: config.getConfig },
  "config set": { flags: config.SET_FLAGS, positional: ["KEY", "VALUE"], run: config.setConfig },
  "config set-all": { flags: config.SET_ALL_FLAGS, positional: [], run: config.setAllConfig },
  "config rm": { flags: config.REMOVE_CONFIG_FLAGS, positional: ["KEY"], run: config.removeConfig },
  "config rm-all": { flags: config.REMOVE_CONFIG_FLAGS, positional: ["KEY", "..."], run: config.removeConfig },
  "plugin ls": { flags: other.JSON_FLAGS, positional: [], run: other.listPlugins },
  "plugin install": { flags: other.PLUGIN_INSTALL_FLAGS, positional: ["..."], run: other.installPlugin },
  version: { flags: {}, positional: [], run: other.printVersion },
  whoami: { flags: other.JSON_FLAGS, positional: [], run: other.whoAmI },
};

const ALIASES: Readonly<Record<string, string>> = { update: "up", pre: "preview", "stack hist": "stack history" };
const GROUPS = new Set(["stack", "config", "plugin"]);

/**
 * Finds the verb of a command line.
 *
 * @returns the verb, its name, and the arguments after it.
 * @throws for any that this engine does not have, by name.
 */
export function findVerb(args: readonly string[]): {
  readonly name: string;
  readonly verb: Verb;
  readonly rest: readonly string[];
} {
  const [first = "", second = ""] = args;
  const isGroup = GROUPS.has(first) && second !== "" && !second.startsWith("-");
  const given = isGroup ? `${first} ${second}` : first;
  const name = ALIASES[given] ?? given;
  const verb = Object.prototype.hasOwnProperty.call(VERBS, name) ? VERBS[name] : undefined;
  if (verb === undefined) {
    throw new RefusedError(given === "" ? "a call without a command" : `'pulumi ${given}'`);
  }
  return { name, verb, rest: args.slice(isGroup ? 2 : 1) };
}

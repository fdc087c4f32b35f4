import type { AddCommand } from "../../program";
import { addSetup } from "./setup";

/** `edgewave hub ...`: the hub's Gitea. */
export const addHub: AddCommand = (program, io, done) => {
  const hub = program.command("hub").description("the hub's Gitea: repositories, accounts, rights, tokens");
  addSetup(hub, io, done);
};

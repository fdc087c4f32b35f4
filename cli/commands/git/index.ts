import type { AddCommand } from "../../program";
import { addMerge } from "./merge";

/** `edgewave git ...`: what sites changed in their own repositories. */
export const addGit: AddCommand = (program, io, done) => {
  const command = program.command("git").description("what sites changed by themselves");
  addMerge(command, io, done);
};

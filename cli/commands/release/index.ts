import type { AddCommand } from "../../program";
import { addLock } from "./lock";

/** `edgewave release ...`: releases by themselves. */
export const addRelease: AddCommand = (program, io, done) => {
  const release = program
    .command("release")
    .description("releases by themselves: the digests of their images and charts");
  for (const add of [addLock] satisfies readonly AddCommand[]) add(release, io, done);
};

import path from "node:path";

/** Where what is known of the hub lies below the output folder: the tokens that `edgewave hub setup` makes. */
export const hubFolder = (out: string): string => path.join(out, "hub");

import { readFileSync } from "node:fs";
import { publishRelease } from "../../gitops/publish";
import { readSigningKey } from "../../signing/key";
import { publication } from "./folders";

// Publishes into the folder named on the command line, signed by the key named after it, for a test that kills it on
// the way.
const [, , folder = "", keyFile = ""] = process.argv;
const signer = readSigningKey(readFileSync(keyFile, "utf8"), keyFile);
void publishRelease({ ...publication(folder, 4), signer, onProgress: () => process.stdout.write(".") });

import { publishRelease } from "../../gitops/publish";
import { publication } from "./folders";

// Publishes into the folder named on the command line, for a test that kills it on the way.
void publishRelease({ ...publication(process.argv[2] ?? "", 4), onProgress: () => process.stdout.write(".") });

import "../engine/leanSdk";

import { serveChecks } from "../check/serveChecks";

// One of the processes in which `edgewave check` builds sites.

// The SDK takes a stack trace for each resource. Mapping all of them back to TypeScript costs more than the building.
process.setSourceMapsEnabled(false);

void serveChecks().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

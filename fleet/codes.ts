import { calendarCodes } from "./codes/calendar";
import type { CodeText } from "./codes/codeText";
import { documentCodes } from "./codes/document";
import { gateCodes } from "./codes/gates";
import { identityCodes } from "./codes/identity";
import { policyCodes } from "./codes/policy";
import { observabilityCodes } from "./codes/observability";
import { overrideCodes } from "./codes/override";
import { networkCodes } from "./codes/network";
import { releaseCodes } from "./codes/release";
import { rolloutCodes } from "./codes/rollout";
import { siteCodes } from "./codes/site";

export type { CodeText } from "./codes/codeText";

/** Every code that `readFleet` and the check of a whole fleet give. A code keeps its meaning for ever; a new meaning gets a new code. */
export const codes = {
  ...documentCodes,
  ...siteCodes,
  ...networkCodes,
  ...releaseCodes,
  ...rolloutCodes,
  ...gateCodes,
  ...calendarCodes,
  ...policyCodes,
  ...overrideCodes,
  ...observabilityCodes,
  ...identityCodes,
} satisfies Record<string, CodeText>;

export type FindingCode = keyof typeof codes;

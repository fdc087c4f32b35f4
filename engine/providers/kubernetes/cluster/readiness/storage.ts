import { isMap } from "../../../../property/shape";
import { equalValues } from "../../../../property/equal";
import type { PropertyMap } from "../../../../property/value";
import { textAt } from "../../kinds";
import { failed, READY, specOf, statusOf, waiting } from "./status";
import type { Readiness } from "./status";

/** Ready in any of these phases. */
export function inPhase(...wanted: readonly string[]): (live: PropertyMap) => Readiness {
  return (live) => {
    const now = textAt(statusOf(live), "phase");
    if (wanted.includes(now)) return READY;
    if (now === "Lost") return failed("its volume is lost");
    return waiting(`its phase is ${now || "not known yet"}, not ${wanted.join(" or ")}`);
  };
}

/** Ready when its controller has taken over what it asks for. */
export function resourceQuota(live: PropertyMap): Readiness {
  const asked = specOf(live)["hard"];
  const taken = statusOf(live)["hard"];
  return isMap(asked) && isMap(taken) && equalValues(asked, taken)
    ? READY
    : waiting("its controller has not taken over its limits yet");
}

/** Only the token of a service account is filled in by a controller. */
export function secret(live: PropertyMap): Readiness {
  const filled = isMap(live["data"]) && Object.keys(live["data"]).length > 0;
  return textAt(live, "type") !== "kubernetes.io/service-account-token" || filled
    ? READY
    : waiting("no controller has put a token into it yet");
}

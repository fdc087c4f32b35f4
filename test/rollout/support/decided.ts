import { decide } from "../../../rollout/decide/decide";
import type { RolloutState } from "../../../rollout/state";

/**
 * What is decided, in short: types of events that are recorded, `+a` and `+a/2` for the first and second start of a site,
 * `?a` for a look for content, `gate?a` for a look at a gate, `wait 5` for a wait.
 */
export function decided(state: RolloutState, now = 100): string[] {
  return decide(state, now).flatMap((command) => {
    if (command.type === "record") return command.events.map((event) => event.type);
    if (command.type === "wait") return [`wait ${command.until}`];
    if (command.type === "stage-site") return [`?${command.site}`];
    if (command.type === "check-gate") return [`${command.gate}?${command.site}`];
    if (command.type === "check-wave-gate") return [`${command.gate}?${command.wave}`];
    return [`+${command.site}${command.attempt > 1 ? `/${command.attempt}` : ""}`];
  });
}

/** Ends that are recorded: `a failed`. */
export function ends(state: RolloutState, now = 100): string[] {
  return decide(state, now).flatMap((command) =>
    command.type === "record"
      ? command.events.flatMap((event) => (event.type === "site-finished" ? [`${event.site} ${event.outcome}`] : []))
      : [],
  );
}

/** The reason of a halt that is decided. */
export function haltReason(state: RolloutState, now = 100): string | undefined {
  for (const command of decide(state, now)) {
    if (command.type !== "record") continue;
    for (const event of command.events) if (event.type === "rollout-halted") return event.reason;
  }
  return undefined;
}

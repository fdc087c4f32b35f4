import type { Outcome } from "../../rollout/events";
import type { Colors } from "../io";

/** Green for done, red for failed, yellow for what is still owed; the word itself says the same without colour. */
export function outcomeColor(outcome: Outcome | "running" | "pending", colors: Colors): (text: string) => string {
  switch (outcome) {
    case "succeeded":
    case "unchanged":
      return colors.green;
    case "failed":
    case "rolled-back":
      return colors.red;
    case "deferred":
    case "skipped":
    case "cancelled":
      return colors.yellow;
    case "running":
      return colors.cyan;
    case "pending":
      return colors.dim;
  }
}

/** `0.8 s`, `12.4 s`, `3 m 20 s`, `2 h 5 m`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} m`;
}

import { escapeUnseen } from "../../fleet/characters";

/** What one check of a gate says. */
export interface GateAnswer {
  /** `inconclusive` if the check itself did not work, or nothing can be said yet. */
  readonly answer: "pass" | "fail" | "inconclusive";
  /** One line for people; never a secret. */
  readonly detail: string;
}

/** How a gate ended. What an inconclusive one does to its site is the gate's and the rollout's to say. */
export interface GateVerdict {
  readonly verdict: GateAnswer["answer"];
  /** One line for people. */
  readonly reason: string;
}

/** Details quote what sites and servers say; a line of it is enough. */
const longestDetail = 400;

/** An answer whose detail is safe to show and to keep: one line, nothing unseen, of bounded length. */
export function tidy({ answer, detail }: GateAnswer): GateAnswer {
  // Cut first as well, because what comes from outside can be long. The way through bytes replaces half characters.
  const text = Buffer.from(detail.slice(0, 2 * longestDetail)).toString("utf8");
  const characters = [...escapeUnseen(text.replace(/\s+/g, " ").trim())];
  const cut = characters.length > longestDetail;
  return { answer, detail: cut ? `${characters.slice(0, longestDetail).join("")}...` : characters.join("") };
}

/** What somebody approves: that a wave of a run starts, by the plan that the run froze. */
export interface Approval {
  readonly fleet: string;
  readonly rollout: string;
  readonly run: string;
  readonly release: string;
  readonly wave: string;
  /** Hex SHA-256 of the frozen plan; see `planHash`. */
  readonly planHash: string;
  /** Milliseconds since the epoch, in whole seconds; from then on it counts no more. */
  readonly expires: number;
}

const firstLine = "edgewave approval v1";

/** The last second that is written with four digits for its year. */
const latest = Date.UTC(9999, 11, 31, 23, 59, 59);

/** In the order of the lines. */
const keys = ["fleet", "rollout", "run", "release", "wave", "plan", "expires"] as const;

/**
 * The text that is signed, for people to read before they do: a key and its value a line, ending in a newline. Equal
 * approvals have equal texts.
 * @throws RangeError for a value that would not come back as it is, such as one with a line break.
 */
export function approvalText(approval: Approval): string {
  const { planHash, expires, ...others } = approval;
  const lines = { ...others, plan: planHash, expires: timeText(expires) };
  const text = [firstLine, ...keys.map((key) => `${key}: ${lines[key]}`), ""].join("\n");
  const read = parseApproval(text);
  if (read === undefined || keys.some((key) => lineOf(read, key) !== lines[key])) {
    throw new RangeError(`an approval cannot hold these values: ${JSON.stringify(approval)}`);
  }
  return text;
}

/** @returns undefined for any text that `approvalText` does not write. */
export function parseApproval(text: string): Approval | undefined {
  const [first, ...lines] = text.split("\n");
  if (first !== firstLine || lines.length !== keys.length + 1 || lines.at(-1) !== "") return undefined;
  const values = new Map<string, string>();
  for (const [index, key] of keys.entries()) {
    const line = lines[index] ?? "";
    const value = line.slice(key.length + 2);
    // Names have no spaces and nothing that nobody sees, so that what people read is what is signed.
    if (!line.startsWith(`${key}: `) || !/^[\x21-\x7e]{1,256}$/.test(value)) return undefined;
    values.set(key, value);
  }
  const of = (key: (typeof keys)[number]): string => values.get(key) ?? "";
  const expires = Date.parse(of("expires"));
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(of("expires")) && expires >= 0;
  // A 30 February would come back as another day.
  if (!/^[0-9a-f]{64}$/.test(of("plan")) || !isTime || timeText(expires) !== of("expires")) {
    return undefined;
  }
  return {
    fleet: of("fleet"),
    rollout: of("rollout"),
    run: of("run"),
    release: of("release"),
    wave: of("wave"),
    planHash: of("plan"),
    expires,
  };
}

function lineOf(approval: Approval, key: (typeof keys)[number]): string {
  if (key === "plan") return approval.planHash;
  return key === "expires" ? timeText(approval.expires) : approval[key];
}

/** `2026-11-26T12:00:00Z`. */
function timeText(time: number): string {
  if (time % 1000 !== 0 || !(time >= 0 && time <= latest)) throw new RangeError(`${time} is no time`);
  return new Date(time).toISOString().replace(/\.000Z$/, "Z");
}

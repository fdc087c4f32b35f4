/** What a finding's code means, for people; the reference of errors is generated from it. */
export interface CodeText {
  /** A short title. */
  readonly title: string;
  /** Why it is refused, or why it is worth a warning. */
  readonly why: string;
  /** What to do about it; the hint of a finding that has none of its own. */
  readonly fix: string;
  readonly severity: "error" | "warning";
}

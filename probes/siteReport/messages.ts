/** `1 message`, `12,000 messages`. */
export function formatMessages(count: number): string {
  const rounded = Math.ceil(count);
  return `${rounded.toLocaleString("en-US")} ${rounded === 1 ? "message" : "messages"}`;
}

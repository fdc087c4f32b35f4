import type { Step } from "./json";

/** What a text looks like that should be a secret, by form alone. Sources: RFC 7468, RFC 7519 and the issuers' own notes on their tokens. */
const forms: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/],
  ["a token of GitHub", /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})\b/],
  ["a token of GitLab", /\bglpat-[A-Za-z0-9_-]{20,}\b/],
  ["an access key of AWS", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a JSON Web Token", /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/],
  ["an age key", /\bAGE-SECRET-KEY-1[A-Z0-9]{40,}\b/],
  ["an address with a password", /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'${}[\]]+:[^\s/@"'${}[\]]+@/i],
];

/** What every form has somewhere; most texts have none of it. */
const hint = /PRIVATE KEY-----|gh[pousr]_|github_pat_|glpat-|AKIA|ASIA|eyJ|AGE-SECRET-KEY-1|:\/\//i;

/** @returns what a text looks like, such as `a private key`; undefined for what looks like no secret. */
export function looksSecret(value: string): string | undefined {
  if (value.length < 12 || !hint.test(value)) return undefined;
  return forms.find(([, pattern]) => pattern.test(value))?.[0];
}

/** Names of settings that hold secrets; `secretName` and the like only point to one. */
const secretName =
  /(^|[_.-]|[a-z])(password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|credentials?)$/i;

/** Whether a setting of such a name would hold a secret. */
export function namesSecret(name: Step | undefined): boolean {
  return typeof name === "string" && secretName.test(name);
}

/** Arguments that carry a secret themselves: `--password=x`, `-token x`; a variable, a file or a yes and no is no secret. */
const argument =
  /(?:^|\s)--?[\w-]*(?:password|passwd|passphrase|secret|token|api-key)(?:=|\s+)(?!["']?(?:[$<{/@]|file:|\s|-|$)|(?:true|false)\b)\S/i;

export function commandCarriesSecret(command: string): boolean {
  return argument.test(command) || looksSecret(command) !== undefined;
}

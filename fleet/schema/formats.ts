import { z } from "zod";
import { inkCharacter, shownCharacter } from "../characters";
import type { FindingCode } from "../codes";
import { topicFilterForm } from "../topics";

/** A form that a string must have: one regular expression, so that JSON Schema can carry it to editors. */
interface Format {
  readonly pattern: RegExp;
  /** Completes "must be ...". */
  readonly expected: string;
  readonly code: FindingCode;
}

const dnsLabel = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4 = `${octet}(?:\\.${octet}){3}`;
// A last label that is a number makes an address of the name, by the rules of URLs too (WHATWG, "ends in a number").
const dnsName = `(?:${dnsLabel}\\.)*(?!(?:\\d+|0x[0-9a-f]*)(?![-a-z0-9]))${dnsLabel}`;
const host = `(?:${ipv4}|${dnsName})`;
const port = "(?:6553[0-5]|655[0-2]\\d|65[0-4]\\d\\d|6[0-4]\\d{3}|[1-5]\\d{4}|[1-9]\\d{0,3})";
const percent = "(?:100|[1-9]?\\d)%";
/** As in `fleet/placeholders.ts`. */
const placeholder = "\\{[A-Za-z]\\w*\\}";
const hostOrPlaceholders = `(?:[a-z0-9.-]|${placeholder})+`;
const folder = "(?!(?:\\.{1,2}|\\.[gG][iI][tT])(?:/|$))[A-Za-z0-9_.{}-]+";
const branchPart = "[A-Za-z0-9][A-Za-z0-9_-]{0,62}";
const form = (pattern: string, expected: string, code: FindingCode = "EDGE-VALUE-003"): Format => ({
  pattern: new RegExp(`^(?:${pattern})$`),
  expected,
  code,
});

/** By the name that JSON Schema shows as `format`. */
export const formats = {
  "edgewave-dns-label": form(
    dnsLabel,
    "a DNS label: lower case letters, digits and hyphens, at most 63, such as porto",
    "EDGE-NAME-001",
  ),
  "edgewave-dns-name": form(dnsName, "a DNS name in lower case, such as harbours.example"),
  "edgewave-host": form(host, "a host name or an IPv4 address"),
  "edgewave-host-port": form(`${host}:${port}`, "a host and port, such as registry.hub.example:5000"),
  "edgewave-git-url": form(
    `https://${host}(?::${port})?(?:/[A-Za-z0-9._~-]+)*`,
    "an https:// address without login and without a slash at the end, such as https://git.hub.example",
  ),
  "edgewave-authorities": form(
    "(?:-----BEGIN CERTIFICATE-----\\n(?:[A-Za-z0-9+/=]{1,76}\\n)+-----END CERTIFICATE-----\\n?)+",
    "certificates in PEM; YAML's | keeps their lines",
  ),
  "edgewave-ipv4": form(ipv4, "an IPv4 address, such as 10.20.1.11"),
  "edgewave-cidr": form(`${ipv4}/(?:3[0-2]|[12]?\\d)`, "an IPv4 range, such as 10.20.1.0/24"),
  "edgewave-user": form("[a-z_][a-z0-9_-]{0,31}", "a Linux user name, such as edge"),
  "edgewave-memory": form("[1-9]\\d{0,6}(?:Mi|Gi)", 'an amount of memory in Mi or Gi, such as "8Gi"'),
  "edgewave-disk": form("[1-9]\\d{0,5}(?:Gi|Ti)", 'a size in Gi or Ti, such as "128Gi"'),
  "edgewave-bandwidth": form("[1-9]\\d{0,5}(?:Kbit|Mbit|Gbit)", 'a bandwidth in Kbit, Mbit or Gbit, such as "20Mbit"'),
  "edgewave-duration": form("(?:0s|[1-9]\\d{0,5}(?:s|m|h|d))", 'a duration in s, m, h or d, such as "10m" or "72h"'),
  "edgewave-time-of-day": form("(?:[01]\\d|2[0-3]):[0-5]\\d", 'a time of day in quotes, from "00:00" to "23:59"'),
  "edgewave-amount": form(percent, 'a number from 0 or a percentage from "0%" to "100%"'),
  "edgewave-size": form("(?:rest|(?:100|[1-9]\\d?)%)", 'a number from 1, a percentage from "1%" to "100%", or rest'),
  "edgewave-label-key": form(
    "[a-zA-Z0-9](?:[-a-zA-Z0-9_.]{0,61}[a-zA-Z0-9])?",
    "a label name: letters, digits, hyphens, underscores and dots, at most 63",
  ),
  "edgewave-label-value": form(
    "(?:[a-zA-Z0-9](?:[-a-zA-Z0-9_.]{0,61}[a-zA-Z0-9])?)?",
    "a label value: letters, digits, hyphens, underscores and dots, at most 63",
  ),
  "edgewave-release-name": form(
    "(?!.*\\.lock$)[a-z0-9]+(?:[.-][a-z0-9]+){0,15}",
    "a release name that can be part of a Git branch: lower case letters, digits, single dots and hyphens, such as 2026.11.0",
  ),
  "edgewave-version": form("v?\\d+(?:\\.\\d+){1,3}(?:-[a-z0-9.]+)?", 'a version in quotes, such as "1.26.1"'),
  "edgewave-kubernetes-version": form("1\\.\\d+\\.\\d+", 'a Kubernetes version without v, such as "1.35.4"'),
  "edgewave-kubespray-tag": form("v\\d+\\.\\d+\\.\\d+", "a Kubespray tag, such as v2.31.0"),
  "edgewave-lock-file": form(
    "[a-z0-9]+(?:[.-][a-z0-9]+){0,15}\\.lock\\.json",
    "a file name right beside the release that ends in .lock.json",
  ),
  "edgewave-kind": form("[A-Z][A-Za-z0-9]{0,62}", "a Kubernetes kind, such as HelmRelease"),
  "edgewave-json-pointer": form("(?:/(?:[^~/]|~[01])*)+", "a JSON pointer (RFC 6901), such as /spec/interval"),
  "edgewave-age-recipient": form(
    "age1[02-9ac-hj-np-z]{58}",
    "an age recipient (X25519): age1 and 58 characters, as age-keygen prints it",
  ),
  "edgewave-web-address": form(
    `https?://${host}(?::${port})?(?:/[A-Za-z0-9._~-]+)*/?`,
    "an http:// or https:// address without login, such as https://alerts.porto.harbours.example/",
  ),
  "edgewave-email": form("[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*", "an email address"),
  "edgewave-bucket": form(
    "[a-z0-9](?:[a-z0-9.-]{1,61}[a-z0-9])",
    "the name of an S3 bucket: 3 to 63 lower case letters, digits, dots and hyphens",
  ),
  "edgewave-public-key": form(
    "-----BEGIN PUBLIC KEY-----\\n(?:[A-Za-z0-9+/=]{1,76}\\n){1,40}-----END PUBLIC KEY-----\\n?",
    "a public key in PEM, with YAML's | for its lines",
  ),
  "edgewave-image-pattern": form(
    "[a-z0-9*][a-z0-9._:/*-]{0,253}",
    "images with * for any part, such as registry.hub.example:5000/*",
  ),
  "edgewave-digest": form("sha256:[0-9a-f]{64}", "a digest, such as sha256: and 64 hexadecimal digits"),
  "edgewave-chart-source": form(
    `(?:https|oci)://${host}(?::${port})?(?:/[A-Za-z0-9._~-]+)*/?`,
    "the https:// or oci:// address of a repository of charts, such as https://charts.jetstack.io",
  ),
  "edgewave-image-tag": form("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", "the tag of an image, such as v1.2.3"),
  "edgewave-image-repository": form(
    "(?=.{1,255}$)[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[1-9]\\d{0,4})?(?:/[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*)+",
    "an image repository with its registry and without a tag, such as quay.io/calico/node",
  ),
  "edgewave-host-key": form(
    "(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/]{60,2000}={0,2}",
    "a host's public key without a comment, such as ssh-ed25519 AAAA...",
  ),
  "edgewave-issuer": form(
    `https://(?:[a-z0-9.-]|\\{(?:site|domain)\\})+(?::${port})?(?:/(?:[A-Za-z0-9._~-]|\\{(?:site|domain)\\})+)*`,
    "an https:// address without login and without a slash at the end, such as https://dex.{domain}:5554/dex",
  ),
  "edgewave-dn": form(
    '(?=.{3,300}$)[A-Za-z][A-Za-z0-9-]*=[^,=+<>#;\\\\"$\\r\\n]+(?:, ?[A-Za-z][A-Za-z0-9-]*=[^,=+<>#;\\\\"$\\r\\n]+)*',
    "a distinguished name of a directory, such as ou=people,dc=harbours,dc=example",
  ),
  "edgewave-ldap-attribute": form("[A-Za-z][A-Za-z0-9-]{0,63}", "the name of an attribute, such as uid"),
  "edgewave-claim": form("[A-Za-z][A-Za-z0-9_.:/-]{0,99}", "the name of a claim, such as email"),
  "edgewave-identity-prefix": form("[a-z][a-z0-9-]{0,30}:", "a short word with a colon, such as hub:"),
  "edgewave-audience": form("[A-Za-z0-9._:/-]{1,200}", "the name of a client, such as kubernetes"),
  "edgewave-topic": form(topicFilterForm, "an MQTT topic filter, such as cranes/+/telemetry"),
  "edgewave-sentence": form(
    `${inkCharacter}(?:${shownCharacter}{0,198}${inkCharacter})?`,
    "one line of text of at most 200 characters",
  ),
  "edgewave-gate-url": form(
    `https?://${hostOrPlaceholders}(?::${port})?(?:[/?][A-Za-z0-9._~:/?\\[\\]@!$&'()*+,;=%{}-]*)?`,
    "an http:// or https:// address without login and fragment, such as https://gitea.{domain}/api/healthz",
  ),
  "edgewave-prometheus": form(
    `(?:site|hub|https?://${hostOrPlaceholders}(?::${port})?(?:/[A-Za-z0-9._~{}-]+)*)`,
    "site, hub, or an http:// or https:// address without a slash at the end, such as https://prometheus.{domain}",
  ),
  "edgewave-endpoint": form(
    `${hostOrPlaceholders}:${port}`,
    "a host and port in which placeholders may stand, such as mqtt.{domain}:8883",
  ),
  "edgewave-file": form(
    `${inkCharacter}(?:${shownCharacter}{0,1022}${inkCharacter})?`,
    "the path of a file, of at most 1,024 characters",
  ),
  "edgewave-query": form(
    `${inkCharacter}(?:${shownCharacter}{0,4094}${inkCharacter})?`,
    "one line of at most 4,096 characters; YAML's >- folds several into one",
  ),
  "edgewave-comparison": form(
    "(?:nonEmpty|empty|(?:[=!<>]=|[<>]) ?-?\\d{1,15}(?:\\.\\d{1,15})?(?:e[+-]?\\d{1,2})?)",
    'nonEmpty, empty, or a comparison with a number, such as "> 0.99" or "== 1"',
  ),
  "edgewave-status": form("[1-5]\\d\\d-[1-5]\\d\\d", 'a status code such as 200, or a range such as "200-299"'),
  "edgewave-header-name": form("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}", "the name of a header, such as Accept"),
  "edgewave-header-value": form(
    "(?:[!-~](?:[ !-~]{0,998}[!-~])?)?",
    "the value of a header: one line of ASCII, of at most 1,000 characters",
  ),
  "edgewave-argument": form(
    `${shownCharacter}{0,1024}`,
    "one line of text of at most 1,024 characters; what needs more belongs into a script",
  ),
  "edgewave-variable": form("[A-Za-z_][A-Za-z0-9_]{0,63}", "the name of an environment variable, such as REGION"),
  "edgewave-branch": form(
    `${branchPart}(?:/${branchPart}){0,7}`,
    "the name of a branch: letters, digits, hyphens, underscores and slashes, such as main",
  ),
  "edgewave-repository-path": form(
    `${folder}(?:/${folder}){0,15}`,
    "a path in a repository without . and .., such as status/{release}.json",
  ),
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;

/** A string of the named form. */
export function text(name: FormatName): z.ZodCustomStringFormat {
  return z.stringFormat(name, formats[name].pattern);
}

/** @returns the form of a finding's format name, or undefined if it is none of ours. */
export function formatOf(name: string): Format | undefined {
  return Object.hasOwn(formats, name) ? formats[name as FormatName] : undefined;
}

/** Whether a value has the named form: for those who use values, so that they hold to the rule that `check` holds to. */
export function hasForm(name: FormatName, value: string): boolean {
  return formats[name].pattern.test(value);
}

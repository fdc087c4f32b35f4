import { isIP } from "node:net";
import { isList } from "../../property/shape";
import type { PropertyMap, PropertyValue } from "../../property/value";
import type { Attributes } from "../bridge/resource";
import type { CheckFailure } from "../provider";
import { der, readDer } from "./der";

/** Context tags of general names (RFC 5280, 4.2.1.6). */
const nameTags = { dns: 0x82, uri: 0x86, ip: 0x87 } as const;

/** The inputs that name what a certificate is for, besides its subject. */
export const alternativeNameAttributes: Attributes = {
  dnsNames: { kind: "strings", role: "optional" },
  ipAddresses: { kind: "strings", role: "optional" },
  uris: { kind: "strings", role: "optional" },
};

/** Finds names that a certificate cannot hold. */
export function alternativeNameFailures(inputs: PropertyMap): readonly CheckFailure[] {
  const found = (property: string, wrong: (text: string) => boolean, reason: string): CheckFailure[] =>
    textsOf(inputs[property]).flatMap((text, at) =>
      wrong(text) ? [{ property: `${property}[${at}]`, reason: `${JSON.stringify(text)} ${reason}` }] : [],
    );
  return [
    ...found("dnsNames", (text) => !isAscii(text), "is not ASCII; write it in punycode"),
    ...found("ipAddresses", (text) => isIP(text) === 0, "is not an IP address"),
    ...found("uris", (text) => text === "" || !isAscii(text), "is not a URI in ASCII"),
  ];
}

/** General names in DER, one after the other: DNS names, addresses, URIs. Empty if there are none. */
export function generalNames(inputs: PropertyMap): Buffer {
  return Buffer.concat([
    ...textsOf(inputs["dnsNames"]).map((name) => der(nameTags.dns, Buffer.from(name, "latin1"))),
    ...textsOf(inputs["ipAddresses"]).map((address) => der(nameTags.ip, addressBytes(address))),
    ...textsOf(inputs["uris"]).map((uri) => der(nameTags.uri, Buffer.from(uri, "latin1"))),
  ]);
}

/** Those of a request's general names that a certificate takes over, in the order of `generalNames`. */
export function certifiedNames(names: Buffer): Buffer {
  const all = readDer(names);
  const order = [nameTags.dns, nameTags.ip, nameTags.uri];
  return Buffer.concat(order.flatMap((tag) => all.filter((name) => name.tag === tag).map((name) => name.raw)));
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split(".").map(Number));
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return addressBytes(mapped[1]);
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const plain =
    dotted === null
      ? address
      : address.slice(0, dotted.index) +
        [dotted.slice(1, 3), dotted.slice(3, 5)]
          .map(([high, low]) => (Number(high) * 256 + Number(low)).toString(16))
          .join(":");
  const [head = "", tail] = plain.split("::");
  const groups = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return Buffer.from([...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 255]));
}

function textsOf(value: PropertyValue | undefined): readonly string[] {
  return isList(value) ? value.filter((part): part is string => typeof part === "string") : [];
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

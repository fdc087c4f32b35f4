import ipaddr from "ipaddr.js";

/** An IPv4 range as numbers, both ends included. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
  /** Prefix length. */
  readonly prefix: number;
}

/** @param cidr such as `10.20.1.0/24`, already checked for its form; bits behind the prefix are ignored */
export function rangeOf(cidr: string): AddressRange {
  const [address, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  const size = 2 ** (32 - prefix);
  const first = Math.floor(numberOf(address.toByteArray()) / size) * size;
  return { first, last: first + size - 1, prefix };
}

/** @param address such as `10.20.1.11`, already checked for its form */
export function addressOf(address: string): number {
  return numberOf(ipaddr.IPv4.parse(address).toByteArray());
}

export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

export function overlap(a: AddressRange, b: AddressRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

const numberOf = (bytes: readonly number[]): number => bytes.reduce((total, byte) => total * 256 + byte, 0);

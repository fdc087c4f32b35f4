import type { Amount } from "../fleet/model";

/**
 * A number of sites, never above `total`: a count as it is, a percentage of `total` rounded up, so that any share
 * above 0 % is at least one site.
 */
export function amountOf(amount: Amount, total: number): number {
  if ("count" in amount) return Math.max(0, Math.min(amount.count, total));
  // Binary fractions: 7 % of 100 is 7.000000000000001, which must not round up to 8.
  const exact = (amount.percent * total) / 100;
  return Math.max(0, Math.min(Math.ceil(exact - 1e-9), total));
}

import { randomBytes } from "node:crypto";
import { encodeBase64, hashSync } from "bcryptjs";

/**
 * Hashes a password with bcrypt, version 2a, which reads no more than a password's first 72 bytes.
 *
 * @param cost binary logarithm of the number of rounds, 4 to 31. terraform-provider-random uses 10.
 * @param salt 16 bytes; random if not given.
 * @returns the 60 characters `$2a$COST$SALT-AND-HASH`.
 */
export function bcryptHash(password: string, cost = 10, salt: Uint8Array = randomBytes(16)): string {
  if (!Number.isInteger(cost) || cost < 4 || cost > 31) throw new Error(`bcrypt's cost must be 4 to 31, not ${cost}`);
  if (salt.length !== 16) throw new Error(`bcrypt's salt must be 16 bytes, not ${salt.length}`);
  // Named by hand: the library's own salts are of version 2b, and the official provider's hashes are of 2a.
  return hashSync(password, `$2a$${String(cost).padStart(2, "0")}$${encodeBase64([...salt], 16)}`);
}

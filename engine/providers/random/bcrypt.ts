import { randomBytes } from "node:crypto";
import { hash } from "@node-rs/bcrypt";

/**
 * Hashes a password with bcrypt, version 2a, which reads no more than a password's first 72 bytes. It runs beside the
 * event loop: at cost 10 it takes some 70 ms of a core.
 *
 * @param cost binary logarithm of the number of rounds, 4 to 31. terraform-provider-random uses 10.
 * @param salt 16 bytes; random if not given.
 * @returns the 60 characters `$2a$COST$SALT-AND-HASH`.
 */
export async function bcryptHash(password: string, cost = 10, salt: Uint8Array = randomBytes(16)): Promise<string> {
  if (!Number.isInteger(cost) || cost < 4 || cost > 31) throw new Error(`bcrypt's cost must be 4 to 31, not ${cost}`);
  if (salt.length !== 16) throw new Error(`bcrypt's salt must be 16 bytes, not ${salt.length}`);
  const hashed = await hash(password, cost, Buffer.from(salt));
  // 2a, 2b and 2y are one algorithm, told apart by what older implementations got wrong; the official provider says 2a.
  return hashed.replace(/^\$2[by]\$/, "$2a$$");
}

import { generateSigningKey, readSigningKey, type SigningKey } from "../../signing/key";

/** A key of its own for a test. */
export function signingKeyOfTests(name = "test"): SigningKey {
  return readSigningKey(generateSigningKey(name), name);
}

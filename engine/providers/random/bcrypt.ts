import { randomBytes } from "node:crypto";
import { blowfishTables } from "./pi";

/** bcrypt's own base64 alphabet. */
const alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** "OrpheanBeholderScryDoubt" as big-endian words, which bcrypt encrypts 64 times. */
const magic = [0x4f727068, 0x65616e42, 0x65686f6c, 0x64657253, 0x63727944, 0x6f756274];
/** bcrypt reads no more of a password. */
const longestPassword = 72;

/**
 * Hashes a password with bcrypt, version 2a.
 *
 * @param cost binary logarithm of the number of rounds, 4 to 31. terraform-provider-random uses 10.
 * @param salt 16 bytes; random if not given.
 * @returns the 60 characters `$2a$COST$SALT-AND-HASH`.
 */
export function bcryptHash(password: string, cost = 10, salt: Uint8Array = randomBytes(16)): string {
  if (!Number.isInteger(cost) || cost < 4 || cost > 31) throw new Error(`bcrypt's cost must be 4 to 31, not ${cost}`);
  if (salt.length !== 16) throw new Error(`bcrypt's salt must be 16 bytes, not ${salt.length}`);
  const key = Buffer.concat([Buffer.from(password, "utf8").subarray(0, longestPassword), Buffer.of(0)]).subarray(
    0,
    longestPassword,
  );
  const cipher = new Blowfish();
  const saltWords = cyclicWords(salt);
  const keyWords = cyclicWords(key);
  cipher.expand(keyWords, saltWords.slice(0, 4));
  const none = [0, 0, 0, 0];
  for (let round = 0; round < 2 ** cost; round++) {
    cipher.expand(keyWords, none);
    cipher.expand(saltWords, none);
  }
  const words = Int32Array.from(magic);
  for (let at = 0; at < words.length; at += 2) for (let time = 0; time < 64; time++) cipher.encrypt(words, at);
  const hash = Buffer.alloc(24);
  words.forEach((word, at) => hash.writeInt32BE(word, at * 4));
  // One byte less than the cipher gives: so all implementations have done since the first.
  return `$2a$${String(cost).padStart(2, "0")}$${encode(salt)}${encode(hash.subarray(0, 23))}`;
}

class Blowfish {
  private readonly subkeys: Int32Array;
  private readonly boxes: Int32Array;

  constructor() {
    const tables = blowfishTables();
    this.subkeys = tables.slice(0, 18);
    this.boxes = tables.slice(18);
  }

  /** Mixes key words into the subkeys, then replaces subkeys and boxes by encryptions of the salt. */
  expand(key: Int32Array, salt: Int32Array | readonly number[]): void {
    for (let at = 0; at < 18; at++) this.subkeys[at] = (this.subkeys[at] as number) ^ (key[at] as number);
    const block = new Int32Array(2);
    let word = 0;
    for (const table of [this.subkeys, this.boxes]) {
      for (let at = 0; at < table.length; at += 2) {
        block[0] = (block[0] as number) ^ (salt[word & 3] as number);
        block[1] = (block[1] as number) ^ (salt[(word + 1) & 3] as number);
        word += 2;
        this.encrypt(block, 0);
        table[at] = block[0] as number;
        table[at + 1] = block[1] as number;
      }
    }
  }

  encrypt(words: Int32Array, at: number): void {
    const { subkeys, boxes } = this;
    let left = (words[at] as number) ^ (subkeys[0] as number);
    let right = words[at + 1] as number;
    for (let round = 1; round <= 16; round += 2) {
      right ^= substitute(boxes, left) ^ (subkeys[round] as number);
      left ^= substitute(boxes, right) ^ (subkeys[round + 1] as number);
    }
    words[at] = right ^ (subkeys[17] as number);
    words[at + 1] = left;
  }
}

function substitute(boxes: Int32Array, word: number): number {
  const sum = (((boxes[word >>> 24] as number) + (boxes[256 + ((word >>> 16) & 255)] as number)) ^
    (boxes[512 + ((word >>> 8) & 255)] as number)) as number;
  return (sum + (boxes[768 + (word & 255)] as number)) | 0;
}

/** 18 big-endian words from the bytes, begun again as often as needed. */
function cyclicWords(bytes: Uint8Array): Int32Array {
  const words = new Int32Array(18);
  for (let at = 0; at < 18 * 4; at++) {
    words[at >> 2] = ((words[at >> 2] as number) << 8) | (bytes[at % bytes.length] as number);
  }
  return words;
}

function encode(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const group = (first << 16) | (second << 8) | third;
    const characters = Math.min(4, bytes.length - at + 1);
    for (let place = 0; place < characters; place++) text += alphabet[(group >> (18 - 6 * place)) & 63];
  }
  return text;
}

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";

/** No key, token, list of authorities or rendered file that anybody means is larger. */
export const largestFile = 1024 * 1024;

/**
 * Reads a regular file of bounded size; another kind of file could never end, or wait for ever.
 * @throws Error with a message for people.
 */
export async function readBounded(file: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${file} cannot be read: ${error.code ?? error.message}`);
  });
  try {
    const { size } = await handle.stat().then((found) => {
      if (!found.isFile()) throw new Error(`${file} is no regular file`);
      return found;
    });
    if (size > largestFile) throw new Error(`${file} is larger than ${largestFile} bytes`);
    const content = Buffer.alloc(largestFile + 1);
    let length = 0;
    for (let more = 1; more > 0 && length <= largestFile; length += more) {
      more = (await handle.read(content, length, content.length - length, null)).bytesRead;
    }
    if (length > largestFile) throw new Error(`${file} is larger than ${largestFile} bytes`);
    return content.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** A secret of one line, such as a token. The message of an error never holds any of it. */
export async function readSecretLine(directory: string, file: string): Promise<string> {
  const full = path.resolve(directory, file);
  const text = (await readBounded(full)).toString("utf8").trim();
  if (!/^[!-~](?:[ -~]*[!-~])?$/.test(text)) throw new Error(`${full} does not hold one line of ASCII`);
  return text;
}

/** Authorities in PEM. */
export async function readAuthorities(directory: string, file: string): Promise<string> {
  const full = path.resolve(directory, file);
  const text = (await readBounded(full)).toString("latin1");
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw new Error(`${full} holds no certificate in PEM`);
  return text;
}

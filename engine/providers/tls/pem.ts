/** Writes bytes as PEM (RFC 7468), 64 characters a line, with a line end at the end. */
export function toPem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/**
 * Reads the first PEM block with one of the labels.
 *
 * @param what names the text in the error.
 * @throws Error if there is no such block. The text itself is not in the error: it may be a key.
 */
export function fromPem(text: string, labels: readonly string[], what: string): Buffer {
  for (const [, label = "", body = ""] of text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g)) {
    // Headers such as `Proc-Type` stand before an empty line.
    const base64 = body.slice(body.includes(":") ? body.indexOf("\n\n") + 2 : 0);
    if (labels.includes(label)) return Buffer.from(base64.replaceAll(/\s/g, ""), "base64");
  }
  throw new Error(`the ${what} holds no PEM block of ${labels.join(" or ")}`);
}

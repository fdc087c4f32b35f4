/** What the options of a line in `allowed_signers` say. */
export interface SignerOptions {
  readonly namespaces: string | undefined;
  readonly validAfter: number | undefined;
  readonly validBefore: number | undefined;
}

/** An option that cannot be used; `message` says why as the end of a sentence that its line begins. */
export class UnusableOption extends Error {
  override readonly name = "UnusableOption";
}

const known = ["namespaces", "valid-after", "valid-before"];

/**
 * Reads options such as `namespaces="git,file",valid-after="20260101Z"`. Source: ssh-keygen(1), ALLOWED SIGNERS.
 * @throws UnusableOption for an unknown one, one that is there twice, and `cert-authority`.
 */
export function readSignerOptions(text: string): SignerOptions {
  const values = new Map<string, string>();
  // Text between commas that are not in quotes.
  for (const option of text.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? []) {
    const [, written = "", value] = /^([^=]*)(?:="((?:[^"\\]|\\.)*)")?$/s.exec(option) ?? [];
    const name = written.toLowerCase();
    if (name === "cert-authority") {
      throw new UnusableOption(
        "names a certificate authority, which this version does not follow; name each signer's key",
      );
    }
    if (!known.includes(name)) {
      throw new UnusableOption(
        `has an unknown option ${JSON.stringify(option.slice(0, 60))}; known are ${known.join(", ")}`,
      );
    }
    if (value === undefined) throw new UnusableOption(`has ${name} without a value in quotes`);
    if (values.has(name)) throw new UnusableOption(`has ${name} twice`);
    values.set(name, value.replaceAll('\\"', '"'));
  }
  const namespaces = values.get("namespaces");
  if (namespaces === "") throw new UnusableOption("has namespaces without any");
  const [validAfter, validBefore] = [time(values, "valid-after"), time(values, "valid-before")];
  if (validAfter !== undefined && validBefore !== undefined && validAfter > validBefore) {
    throw new UnusableOption("is valid before it is valid after: at no time");
  }
  return { namespaces, validAfter, validBefore };
}

/** `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, with a Z for UTC. */
function time(values: ReadonlyMap<string, string>, name: string): number | undefined {
  const written = values.get(name);
  if (written === undefined) return undefined;
  const form = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z|UTC)?$/i.exec(written);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (form ?? [])
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const inUtc = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // A month 13 or a 30 February would come out as another day.
  const sound =
    inUtc.getUTCMonth() === month - 1 && inUtc.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (form === null || !sound) {
    throw new UnusableOption(
      `has ${name}=${JSON.stringify(written.slice(0, 40))}; write it as YYYYMMDD or YYYYMMDDHHMM[SS], with a Z for UTC`,
    );
  }
  return form[7] !== undefined ? inUtc.getTime() : new Date(year, month - 1, day, hour, minute, second).getTime();
}

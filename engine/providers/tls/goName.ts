import { directoryString, dottedForm, readDer } from "./der";

/** The parts that Go's crypto/x509 (1.26) knows, in their order; written, the last comes first. */
const known = [
  ["2.5.4.6", "C"],
  ["2.5.4.8", "ST"],
  ["2.5.4.7", "L"],
  ["2.5.4.9", "STREET"],
  ["2.5.4.17", "POSTALCODE"],
  ["2.5.4.10", "O"],
  ["2.5.4.11", "OU"],
  ["2.5.4.3", "CN"],
  ["2.5.4.5", "SERIALNUMBER"],
] as const;

/** Of these only the last counts. */
const single = new Set(["2.5.4.3", "2.5.4.5"]);

/** A distinguished name as Go's `pkix.Name.String` writes it, roughly as RFC 2253 says. @param name in DER. */
export function goName(name: Buffer): string {
  const found = new Map<string, string[]>();
  const others: string[] = [];
  for (const relative of readDer(readDer(name)[0]?.content ?? Buffer.of())) {
    for (const member of readDer(relative.content)) {
      const [type, value] = readDer(member.content);
      if (type === undefined || value === undefined) continue;
      const dotted = dottedForm(type.content);
      const text =
        value.tag === 0x1e ? Buffer.from(value.content).swap16().toString("utf16le") : value.content.toString();
      if (known.some(([identifier]) => identifier === dotted)) found.set(dotted, [...(found.get(dotted) ?? []), text]);
      else others.push(`${dotted}=#${directoryString(text).toString("hex")}`);
    }
  }
  const standard = known.flatMap(([identifier, label]) => {
    const values = found.get(identifier) ?? [];
    const counted = single.has(identifier) ? values.slice(-1) : values;
    return counted.length === 0 ? [] : [counted.map((text) => `${label}=${escaped(text)}`).join("+")];
  });
  return [...others, ...standard].reverse().join(",");
}

function escaped(text: string): string {
  const characters = [...text];
  const last = characters.length - 1;
  return characters
    .map((character, at) => {
      const special = ',+"\\<>;'.includes(character);
      const edge = (character === " " && (at === 0 || at === last)) || (character === "#" && at === 0);
      return special || edge ? `\\${character}` : character;
    })
    .join("");
}

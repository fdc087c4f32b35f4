import { Document, isScalar, parseAllDocuments, Scalar, visit } from "yaml";
import type { Pair, Tags } from "yaml";
import { isMap } from "../../property/shape";
import type { PropertyMap } from "../../property/value";
import { ProviderError } from "../failure";
import { isNamespaced, kindOfObject, textAt } from "./kinds";
import type { DefinedScopes } from "./kinds";
import { namespaceOf, withMetadata } from "./object";

/**
 * Writes an object as YAML in the manner of sigs.k8s.io/yaml: keys in natural order, lists not indented, text of many
 * lines in blocks. Values that YAML 1.1 would read as something else are quoted. Long lines are not folded.
 */
export function toYaml(object: PropertyMap): string {
  const document = new Document(object, { version: "1.1", merge: true, aliasDuplicateObjects: false });
  visit(document, {
    Scalar(key, node) {
      if (typeof node.value !== "string") return;
      if (key !== "key" && isBlock(node.value)) node.type = Scalar.BLOCK_LITERAL;
      else if (/[^\P{C}]|\n|^[+-]?0o|^<<$/u.test(node.value)) node.type = Scalar.QUOTE_DOUBLE;
      else if (needsQuotes(node.value)) node.type = Scalar.QUOTE_SINGLE;
    },
    Map(_, node) {
      node.items.sort((left, right) => byNaturalOrder(keyText(left), keyText(right)));
    },
  });
  return document.toString({ indentSeq: false, lineWidth: 0, directives: false });
}

/**
 * Reads every object in a text of YAML documents; documents without a kind or an API version are left out.
 *
 * @param namespace given to those that live in a namespace and name none; empty for none.
 * @throws ProviderError with line and column of the first mistake.
 */
export function decodeYaml(text: string, namespace: string, defined: DefinedScopes): readonly PropertyMap[] {
  return parseAllDocuments(text, { version: "1.1", merge: true, customTags: withoutTimes }).flatMap((document) => {
    const [mistake] = document.errors;
    if (mistake !== undefined) {
      throw new ProviderError(
        "EDGE-KUBERNETES-007",
        `the YAML cannot be read: ${mistake.message}`,
        "Correct the manifest",
      );
    }
    const object = document.toJS({ maxAliasCount: 100 }) as PropertyMap | null;
    if (!isMap(object) || textAt(object, "kind") === "" || textAt(object, "apiVersion") === "") return [];
    const homeless = namespace !== "" && namespaceOf(object) === "" && isNamespaced(kindOfObject(object), defined);
    return [homeless ? withMetadata(object, { namespace }) : object];
  });
}

/** go-yaml reads neither dates nor sexagesimal numbers, such as `12:30`: both stay text. */
function withoutTimes(tags: Tags): Tags {
  return tags.filter(
    (tag) => typeof tag === "string" || (tag.tag !== "tag:yaml.org,2002:timestamp" && tag.format !== "TIME"),
  );
}

/** Text of more than one line, without what a literal block cannot hold. */
function isBlock(text: string): boolean {
  return text.includes("\n") && text.trim() !== "" && !/[^\P{C}\n]/u.test(text);
}

/** Whether plain text would be taken for syntax. Text that would be taken for another type the writer quotes itself. */
function needsQuotes(text: string): boolean {
  if (/: |:$| #|\s$|^(---|\.\.\.)/.test(text)) return true;
  return /^[\s>|@`"'%&*!#{}[\],]/.test(text) || /^[:?-](\s|$)/.test(text);
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

/** go-yaml's order of keys: letters after all else, runs of digits by their number, the rest by code point. */
function byNaturalOrder(left: string, right: string): number {
  const before = [...left];
  const after = [...right];
  const at = before.findIndex((character, index) => character !== after[index]);
  const one = before[at];
  const other = after[at];
  if (one === undefined || other === undefined) return before.length - after.length;
  const isLetter = /\p{L}/u.test(one);
  if (isLetter !== /\p{L}/u.test(other)) return isLetter ? 1 : -1;
  if (!isLetter) {
    const numbers = [before, after].map((text) => /^\d*/.exec(text.slice(at).join(""))?.[0] ?? "") as [string, string];
    const difference = Number(numbers[0]) - Number(numbers[1]) || numbers[0].length - numbers[1].length;
    if (difference !== 0) return difference;
  }
  return (one.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
}

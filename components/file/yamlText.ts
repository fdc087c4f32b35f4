import { Document, type DocumentOptions, type SchemaOptions, type CreateNodeOptions } from "yaml";

// Ansible and Kubernetes read YAML 1.1, in which a plain `no` or `12:30` is not a string: write for their schema.
const options: DocumentOptions & SchemaOptions & CreateNodeOptions = {
  version: "1.1",
  schema: "yaml-1.1",
  aliasDuplicateObjects: false,
  keepUndefined: false,
};

/**
 * Renders plain data as a YAML document that reads the same by the rules of YAML 1.1 and 1.2.
 * @param value plain data; keys keep their order.
 * @param header lines of a comment at the top, without `#`.
 */
export function yamlText(value: unknown, header: readonly string[] = []): string {
  const document = new Document(value, options);
  if (header.length > 0) document.commentBefore = header.map((line) => ` ${line}`).join("\n");
  return document.toString({ lineWidth: 0 });
}

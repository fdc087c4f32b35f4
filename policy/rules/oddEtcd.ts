import { parse } from "yaml";
import { at, mapping } from "../objects/json";
import { writtenFile } from "../resource";
import type { ResourceRule } from "../rule";
import { fromSite, violation } from "../violation";

export const oddEtcd: ResourceRule = {
  name: "odd-etcd",
  area: "topology",
  scope: "resource",
  description: "The etcd of a site has an odd number of members.",
  why: "An even number bears no more failures than one member less, and a link cut in the middle leaves no half with a quorum.",
  fix: "Have one, three or five control planes.",
  level: "mandatory",
  check: (resource) => {
    const file = writtenFile(resource);
    if (file === undefined || !/(^|\/)hosts\.ya?ml$/.test(file.path)) return [];
    const hosts = at(read(file.content), "all", "children", "etcd", "hosts");
    if (hosts === undefined) return [];
    const count = Object.keys(mapping(hosts)).length;
    if (count % 2 === 1) return [];
    const limit = "the number of members is odd";
    return [violation(resource, { field: "etcd", value: `${count} members`, limit, from: fromSite("nodes") })];
  },
};

/** Undefined for what is no YAML: another rule's business. */
function read(text: string): unknown {
  try {
    return parse(text, { logLevel: "silent" });
  } catch {
    return undefined;
  }
}

import { parseAllDocuments } from "yaml";
import { helmMerged } from "../objects/helmMerge";
import { at, isMapping, list, mapping, text, texts, type Mapping } from "../objects/json";
import { helmValuesType, type HelmValues, type Resource } from "../resource";

/**
 * What Flux makes of a site's cut: its objects with the site's variables filled in, and the values of each Helm release
 * with all layers helmMerged.
 * @param files by path, as `cutForSite` gives them.
 */
export function contentResources(files: ReadonlyMap<string, string>): readonly Resource[] {
  const documents = [...files].flatMap(([path, content]) => readDocuments(path, content));
  const variables = variablesOf(documents);
  const objects = documents
    .filter(({ object }) => isDeployed(object))
    .map(({ path, object }) => toResource(path, filledIn(object, variables)));
  return [...objects, ...helmReleases(documents, files)];
}

interface Document {
  readonly path: string;
  readonly object: Mapping;
}

function readDocuments(path: string, content: string): readonly Document[] {
  // Values files are read with the releases that they belong to.
  if (!/\.ya?ml$/.test(path)) return [];
  return objectsIn(content).map((object) => ({ path, object }));
}

/** What is the same for all sites of a profile is read once. Bounded, because what is a site's own never comes again. */
const read = new Map<string, readonly Mapping[]>();
const mostRead = 400;

function objectsIn(content: string): readonly Mapping[] {
  const known = read.get(content);
  if (known !== undefined) return known;
  const objects = parseAllDocuments(content, { logLevel: "silent" })
    .map((document): unknown => document.toJS())
    .filter(isMapping);
  if (read.size >= mostRead) read.clear();
  read.set(content, objects);
  return objects;
}

/** Files that kustomize reads itself are not applied. */
function isDeployed(object: Mapping): boolean {
  const apiVersion = text(object["apiVersion"]);
  return (
    apiVersion !== undefined && text(object["kind"]) !== undefined && !apiVersion.startsWith("kustomize.config.k8s.io/")
  );
}

function toResource(path: string, object: Mapping): Resource {
  const apiVersion = String(object["apiVersion"]);
  const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
  return { type: `kubernetes:${group}:${String(object["kind"])}`, name: path, props: object, origin: "git" };
}

/** Values that Flux puts in for `${name}`, from the ConfigMaps that its Kustomizations name. */
function variablesOf(documents: readonly Document[]): Readonly<Record<string, string>> {
  const names = new Set(
    documents.flatMap(({ object }) =>
      list(at(object, "spec", "postBuild", "substituteFrom")).map((from) => text(at(from, "name"))),
    ),
  );
  const maps = documents.filter(
    ({ object }) => object["kind"] === "ConfigMap" && names.has(text(at(object, "metadata", "name"))),
  );
  return Object.assign({}, ...maps.map(({ object }) => texts(object["data"]))) as Readonly<Record<string, string>>;
}

function filledIn(value: Mapping, variables: Readonly<Record<string, string>>): Mapping {
  const fill = (part: unknown): unknown => {
    if (typeof part === "string") {
      return part.replace(/\$\{([A-Za-z_]\w*)\}/g, (whole, name: string) =>
        Object.hasOwn(variables, name) ? (variables[name] ?? whole) : whole,
      );
    }
    if (Array.isArray(part)) return part.map(fill);
    return isMapping(part) ? Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, fill(inner)])) : part;
  };
  return fill(value) as Mapping;
}

function helmReleases(documents: readonly Document[], files: ReadonlyMap<string, string>): readonly Resource[] {
  const layers = valueFiles(documents, files);
  return documents
    .filter(({ object }) => object["kind"] === "HelmRelease")
    .map(({ path, object }) => {
      const service = text(at(object, "spec", "releaseName")) ?? text(at(object, "metadata", "name")) ?? path;
      const inline = mapping(at(object, "spec", "values"));
      const parts = list(at(object, "spec", "valuesFrom")).map(
        (from) => layers.get(text(at(from, "name")) ?? "") ?? {},
      );
      const props: HelmValues = {
        service,
        namespace: text(at(object, "spec", "targetNamespace")) ?? "",
        values: [...parts, inline].reduce(helmMerged, {}),
      };
      return { type: helmValuesType, name: path, props, origin: "git" } as const;
    });
}

/** Values by the name of the ConfigMap that kustomize makes of their file. */
function valueFiles(documents: readonly Document[], files: ReadonlyMap<string, string>): ReadonlyMap<string, Mapping> {
  const values = new Map<string, Mapping>();
  const byPath = new Map(documents.map(({ path, object }) => [path, object]));
  for (const { path, object } of documents) {
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    for (const generator of list(object["configMapGenerator"])) {
      const name = text(at(generator, "name"));
      const file = text(list(at(generator, "files"))[0])
        ?.split("=")
        .at(-1);
      if (name === undefined || file === undefined || !files.has(`${folder}${file}`)) continue;
      values.set(name, byPath.get(`${folder}${file}`) ?? {});
    }
  }
  return values;
}

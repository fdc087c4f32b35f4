import { yamlText } from "../../components/file/yamlText";
import { objectIdentity, type KubernetesObject, type Override, type OverridePatch } from "../../fleet/overrides";

/** A patch in a kustomization.yaml. */
export interface KustomizePatch {
  readonly target: { readonly kind: string; readonly name: string };
  /** YAML of a mapping (strategic merge) or of a list (RFC 6902). */
  readonly patch: string;
}

/** What a patch becomes in kustomization.yaml. kustomize takes the target's name for a regular expression. */
export function kustomizePatch({ target, change }: OverridePatch): KustomizePatch {
  const { kind, name } = target;
  const body =
    change.type === "json6902"
      ? change.operations.map(({ op, path, from, value }) => ({ op, path, from, value }))
      : identified(change.merge, kind, name);
  return { target: { kind, name: name.replaceAll(".", "\\.") }, patch: yamlText(body) };
}

/** kustomize asks for these in every strategic merge patch; which object it is, the target says. */
function identified({ metadata, ...rest }: Readonly<Record<string, unknown>>, kind: string, name: string): object {
  return { ...rest, apiVersion: "edgewave.dev/patch", kind, metadata: { ...(metadata as object | undefined), name } };
}

/** Objects that overrides add, by override; of two with one identity the later override's is taken. */
export function addedObjects(overrides: readonly Override[]): ReadonlyMap<string, readonly KubernetesObject[]> {
  const last = new Map<string, string>();
  for (const { name, objects } of overrides) for (const { object } of objects) last.set(objectIdentity(object), name);
  const kept = overrides.map(({ name, objects }) => {
    const own = objects.map(({ object }) => object).filter((object) => last.get(objectIdentity(object)) === name);
    return [name, own] as const;
  });
  return new Map(kept.filter(([, objects]) => objects.length > 0));
}

/** The service that an added object belongs to: a Secret in its namespace, which its pods may need to start. */
export function ownerOf<S extends { readonly namespace: string | undefined }>(
  { kind, metadata }: KubernetesObject,
  services: readonly S[],
): S | undefined {
  if (kind !== "Secret" || metadata.namespace === undefined) return undefined;
  return services.find(({ namespace }) => namespace === metadata.namespace);
}

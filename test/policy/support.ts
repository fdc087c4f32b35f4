import { expect } from "chai";
import type { Fleet, Release, ResolvedSite } from "../../fleet/model";
import { helmValuesType, type Resource } from "../../policy/resource";
import type { Context, FleetView, Rule, Violation } from "../../policy/rule";
import { ruleNamed } from "../../policy/rules";
import { settingsOf } from "../../policy/judging/level";
import { aFleet, aRelease, aSite } from "../support/fleet";

/** A day on which everything of the sample release is supported. */
export const day = "2026-11-28";
export const digest = `sha256:${"a".repeat(64)}`;

/** An object of Kubernetes as a stack registers it. */
export function object(kind: string, body: object, origin: Resource["origin"] = "stack"): Resource {
  const [group, name = ""] =
    kind.split("/").length === 3 ? [kind.slice(0, kind.lastIndexOf("/")), kind.split("/")[2]] : kind.split("/");
  const apiVersion = group === "core" ? "v1" : group;
  const version = group === "core" ? "core/v1" : group;
  const props = { apiVersion, kind: name, metadata: { name: "thing", namespace: "room" }, ...body };
  return { type: `kubernetes:${version}:${name}`, name: "thing", props, origin, secrets: [] };
}

const container = {
  name: "main",
  image: `ghcr.io/fluxcd/source-controller@${digest}`,
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "200m", memory: "128Mi" } },
  securityContext: { privileged: false, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};

export interface PodParts {
  readonly container?: object;
  readonly pod?: object;
  readonly spec?: object;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A Deployment that no rule has anything against. */
export function deployment({
  container: changes = {},
  pod = {},
  spec = {},
  labels = { app: "thing" },
}: PodParts = {}): Resource {
  return object("apps/v1/Deployment", {
    metadata: { name: "thing", namespace: "room", labels: { "app.kubernetes.io/name": "thing" } },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { automountServiceAccountToken: false, containers: [{ ...container, ...changes }], ...pod },
      },
      ...spec,
    },
  });
}

export function networkPolicy(labels: object = { app: "thing" }): Resource {
  return object("networking.k8s.io/v1/NetworkPolicy", {
    spec: { podSelector: { matchLabels: labels }, policyTypes: ["Ingress"] },
  });
}

export function helm(service: string, values: object, namespace = "room"): Resource {
  return {
    type: helmValuesType,
    name: `services/${service}.yaml`,
    props: { service, namespace, values },
    origin: "git",
  };
}

/** A file of the inventory as the stack writes it. */
export function file(path: string, content: string): Resource {
  const props = { create: 'cat > "$FILE"', environment: { RELATIVE: path }, stdin: content };
  return { type: "command:local:Command", name: path, props, origin: "stack", secrets: [] };
}

export function plain(type: string, props: object, secrets: readonly string[] = []): Resource {
  return { type, name: "thing", props, origin: "stack", secrets };
}

export interface World {
  readonly site?: ResolvedSite;
  readonly release?: Release;
  readonly fleet?: Fleet;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly today?: string;
  readonly deployed?: readonly Resource[];
}

export function contextOf(rule: Rule, world: World = {}): Context {
  return {
    site: world.site ?? aSite(),
    release: world.release ?? aRelease({ lock: { release: "2026.11.0", digests: {}, charts: {} } }),
    fleet: world.fleet ?? aFleet(),
    settings: { ...settingsOf(rule, undefined), ...world.settings },
    today: world.today ?? day,
    deployed: world.deployed,
  };
}

/** What a rule says of the resources, or of the fleet, in a world. */
export function check(rule: Rule, resources: readonly Resource[], world: World = {}): readonly Violation[] {
  const context = contextOf(rule, world);
  if (rule.scope === "resource") return resources.flatMap((resource) => rule.check(resource, context));
  if (rule.scope === "stack") return rule.check(resources, context);
  const fleet = world.fleet ?? aFleet();
  const view: FleetView = { fleet, releaseOf: () => context.release };
  return rule.check(view, context);
}

export type Expected = readonly [resource: string, field: string, value: string, limit: RegExp];

/** `[title, resources, world]` and, for what is refused, what exactly is said. */
export interface RuleCases {
  readonly passes: readonly (readonly [title: string, resources: readonly Resource[], world?: World])[];
  readonly refuses: readonly (readonly [
    title: string,
    resources: readonly Resource[],
    expected: Expected,
    world?: World,
  ])[];
}

/** The tests that every rule has: valid arguments pass; with one field broken exactly that is said. */
export function describeRule(name: string, { passes, refuses }: RuleCases): void {
  describe(name, () => {
    const rule = ruleNamed(name) as Rule;

    for (const [title, resources, world] of passes) {
      it(`passes ${title}`, () => {
        expect(check(rule, resources, world).map(({ message }) => message)).to.deep.equal([]);
      });
    }
    for (const [title, resources, expected, world] of refuses) {
      it(`refuses ${title}`, () => {
        const found = check(rule, resources, world);
        expect(found.map(({ message }) => message)).to.have.length(1);
        const [{ resource, field, value, limit, message }] = found as [Violation];
        expect([resource, field, value]).to.deep.equal(expected.slice(0, 3));
        expect(limit).to.match(expected[3]);
        for (const part of [resource, field, value, limit]) expect(message).to.include(part);
      });
    }
  });
}

import { areas, type Area, type Rule } from "../policy/rule";
import { rules } from "../policy/rules";

const titles: Readonly<Record<Area, string>> = {
  images: "Images",
  size: "Size",
  topology: "Topology",
  isolation: "Isolation",
  secrets: "Secrets",
  offline: "Offline",
  supply: "Supply",
  fleet: "Fleet",
};

const about: Readonly<Record<Rule["scope"], string>> = {
  resource: "each resource by itself",
  stack: "all resources of a site together",
  fleet: "all sites together",
};

const head = `# Policies

What may not happen at an edge site, why it matters and what to do. Generated from \`policy/rules\` by \`npm run generate\`.

\`edgewave check\` holds every site to these rules without contact, and \`pulumi preview --policy-pack policy\` the stack that
it previews; what Flux takes from Git is judged with it. [Jobs for CI](ci/README.md) are ready to use. A fleet says in
\`policy.yaml\` beside fleet.yaml what differs for it: levels, also by environment (the site's label \`environment\`, or the one
that \`environmentLabel\` names), settings, and exemptions with a reason, an owner and a last day
([schema](schema/policy.json)):

\`\`\`yaml
apiVersion: edgewave.dev/v1alpha1
kind: Policy
metadata: { name: harbours }
spec:
  rules:
    site-labels: { settings: { required: [country, uplink] } }
    image-by-digest: { environments: { lab: disabled } }
  exemptions:
    - rule: no-host-path
      sites: [vigo]
      resources: ["DaemonSet legacy/*"]
      reason: The crane's driver needs /dev until its new version.
      owner: crane team
      until: 2027-03-31
\`\`\`

The day after \`until\` the rule holds again, and the report says which exemption has ended. CrossGuard's own file
(\`--policy-pack-config\`) takes the same settings and exemptions under a rule's name, and CrossGuard's levels:
\`advisory\`, \`mandatory\`, \`remediate\`, \`disabled\`. A rule that is marked so has a safe correction; it is off unless the
level is \`remediate\`. A rule whose violations may be advice only is there twice in the pack, the second time as
\`RULE-advice\`.

## At admission

What Kyverno can enforce comes to each site through Flux, from the same definitions: with the fleet's settings, the levels
of the site's environment, and the exemptions that name the site. A mandatory rule denies; an advisory one, and one that
is advice until the release is locked, audits; with \`admission: audit\` in \`policy.yaml\` all of them do. An exemption ends by
the clock at the site, link or no link, and its policy tells of it in the annotation \`edgewave.dev/exemptions\`. The
platform's own namespaces are never judged, and the API server asks nobody about them. While Kyverno does not answer, a
profile with one of it lets pods start (\`failurePolicy: Ignore\`), one with several does not. Images that have to be signed
wait in either case. [kyverno-policies.yaml](kyverno-policies.yaml) has the policies as they are for a fleet that says
nothing, auditing, for clusters that edgewave does not run.

## What is not seen

Charts are not rendered here, so a rule sees a Helm release's values and what Flux changes of the result, not the chart's
templates. Of the charts in the catalog it is known where their values size each container and which images they run:
\`container-resources\` and \`chart-image-by-digest\` want both said, so that an override that takes one out is a violation.
Not seen are, of every chart: security contexts, host paths and networks, ports, service account tokens, disruption budgets
and network policies in its templates, beyond what its values say by the usual keys; of an operator (Prometheus', Strimzi's):
what it adds to the pods that it makes, such as the sizes of the config reloader and an init container; of cert-manager: the
solver that it starts for ACME; of a chart that is not in the catalog: all but its values. What a pod may do there is held
by the Pod Security level of its namespace. Locking a release proves what a chart is, not what is in it: read the
templates when the catalog gets a new version.`;

/** docs/policies.md: every rule that sites are held to. */
export function policiesPage(): string {
  const sections = areas.map((area) => {
    const entries = rules.filter((rule) => rule.area === area).map(entry);
    return `## ${titles[area]}\n\n${entries.join("\n\n")}`;
  });
  return `${[head, ...sections].join("\n\n")}\n`;
}

function entry(rule: Rule): string {
  const facts = [
    `Level: ${rule.level}${levels(rule)}.`,
    `Looks at ${about[rule.scope]}.`,
    ...(rule.softens === true ? ["Advice only while a release is not locked."] : []),
    ...(rule.scope === "resource" && rule.remediate !== undefined ? ["Can be corrected by `remediate`."] : []),
    ...(rule.admission === undefined ? [] : ["Enforced at admission by Kyverno too."]),
  ];
  const settings = Object.entries(rule.settings ?? {}).map(
    ([name, setting]) =>
      `- \`${name}\` (${setting.type}): ${setting.description} Default: \`${JSON.stringify(setting.default)}\`.`,
  );
  return [
    `### ${rule.name}`,
    rule.description,
    rule.why,
    `**Do:** ${rule.fix}`,
    facts.join(" "),
    ...(settings.length === 0 ? [] : [`Settings:\n\n${settings.join("\n")}`]),
  ].join("\n\n");
}

function levels({ levels: own }: Rule): string {
  const parts = Object.entries(own ?? {}).map(([environment, level]) => `${level} in ${environment}`);
  return parts.length === 0 ? "" : `, ${parts.join(", ")}`;
}

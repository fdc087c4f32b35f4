import boundaries from "eslint-plugin-boundaries";
import tseslint from "typescript-eslint";

// Which room may import from which; see docs/adr. A room may always import from itself.
const rooms = {
  // Checks need to know what can be had and what fits; profiles and catalog take only types from fleet.
  fleet: ["profiles", "catalog"],
  profiles: ["fleet"],
  catalog: ["fleet"],
  components: ["profiles", "catalog", "fleet"],
  // Runs playbooks for a site; a process of its own, which the stack starts.
  kubespray: ["rollout", "components", "profiles", "catalog", "fleet"],
  stacks: ["components", "profiles", "catalog", "fleet"],
  signing: [],
  // Asks OCI registries; knows of a fleet what a lock is.
  registry: ["fleet"],
  // One request and its answer, and files with credentials; whoever asks a server uses it.
  web: [],
  gitops: ["policy", "signing", "web", "components", "profiles", "catalog", "fleet"],
  rollout: ["signing", "stacks", "components", "profiles", "catalog", "fleet"],
  // Asks sites and the hub; only cli brings it to the driver, which knows no Kubernetes.
  probes: ["signing", "web", "gitops", "rollout", "components", "profiles", "catalog", "fleet"],
  report: ["rollout", "fleet"],
  engine: [],
  // Rules know only what they are given; the pack around them asks gitops for what Flux deploys.
  pack: ["policy", "gitops", "profiles", "catalog", "fleet"],
  policy: ["profiles", "catalog", "fleet"],
  // Builds sites without contact and holds them to the rules.
  check: ["pack", "policy", "rollout", "stacks", "gitops", "signing", "components", "profiles", "catalog", "fleet"],
  cli: [
    "engine",
    "signing",
    "web",
    "gitops",
    "kubespray",
    "check",
    "policy",
    "probes",
    "registry",
    "report",
    "rollout",
    "stacks",
    "components",
    "profiles",
    "catalog",
    "fleet",
  ],
};

// Rooms that are not a folder of the root; the first pattern that takes a file decides.
const folders = { pack: "policy/pack" };

export default tseslint.config(
  { ignores: ["node_modules", "out", "coverage", "test/data"] },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    plugins: { boundaries },
    settings: {
      "import/resolver": { node: { extensions: [".ts", ".js"] } },
      // From the root on: gitops/signing is no part of signing.
      "boundaries/elements": Object.keys(rooms).map((room) => ({
        type: room,
        pattern: `${folders[room] ?? room}/**`,
        partialMatch: false,
      })),
    },
    rules: {
      "no-console": "error",
      eqeqeq: "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: "Only cli/ reads the environment.",
        },
        {
          selector: "CallExpression[callee.object.name='process'][callee.property.name='exit']",
          message: "Only cli/ ends the process.",
        },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "boundaries/dependencies": [
        "error",
        {
          default: "disallow",
          policies: Object.entries(rooms).map(([room, others]) => ({
            from: { element: { type: room } },
            allow: [room, ...others].map((type) => ({ to: { element: { type } } })),
          })),
        },
      ],
    },
  },
  {
    files: ["cli/**/*.ts", "test/**/*.ts", "scripts/**/*", "bin/**/*"],
    rules: { "no-console": "off", "no-restricted-syntax": "off", "boundaries/dependencies": "off" },
  },
  { files: ["test/**/*.ts"], rules: { "@typescript-eslint/no-unused-expressions": "off" } },
  { files: ["**/*.js"], rules: { "@typescript-eslint/no-require-imports": "off" } },
);

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** A Go module of this folder and the programs that are built from it. */
export interface ProgramModule {
  readonly folder: string;
  readonly version: string;
  /** Go packages by the name of their program. */
  readonly programs: Readonly<Record<string, string>>;
  readonly linkFlags: string;
  readonly tags?: string;
  /** Folders of another module that the programs want beside them. */
  readonly beside?: { readonly module: string; readonly folders: readonly string[] };
}

/** Programs that lie in one folder, and how tests are told of it. */
export interface Kit {
  readonly name: string;
  readonly modules: readonly ProgramModule[];
  /** The environment variable that names the folder; whoever sets it brings the programs. */
  readonly variable: string;
  /** Another variable that makes the kit unneeded. */
  readonly insteadOf?: string;
  /** Programs that the build needs beside go. */
  readonly needs: readonly string[];
  /** Its tests are skipped, with the reason, where it cannot be built; otherwise that is a failure. */
  readonly optional?: boolean;
}

const kubernetes = "1.37.2";
const etcd = "3.7.3";
const component = "k8s.io/component-base/version";

const gitea = "1.26.0";
const giteaTags = "sqlite sqlite_unlock_notify";

const kyverno = "1.19.1";

/** A commit after 2.45.1: its tags are of a module path that is not its own, and module proxies do not give them. */
const dex = "2.45.1-20260806151424";

/** What the tests against real servers start; the versions are those of the modules' go.mod, held by their go.sum. */
export const kits: readonly Kit[] = [
  {
    name: "kubernetes",
    variable: "KUBEBUILDER_ASSETS",
    insteadOf: "EDGEWAVE_TEST_KUBECONFIG",
    needs: [],
    modules: [
      {
        folder: path.join(__dirname, "etcd"),
        version: etcd,
        programs: { etcd: "go.etcd.io/etcd/server/v3" },
        linkFlags: "-s -w",
      },
      {
        folder: path.join(__dirname, "kubernetes"),
        version: kubernetes,
        programs: {
          "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
          "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
        },
        // Without these it takes itself for version 0.0.0.
        linkFlags: `-s -w -X ${component}.gitVersion=v${kubernetes} -X ${component}.gitMajor=1 -X ${component}.gitMinor=37`,
      },
    ],
  },
  {
    name: "gitea",
    variable: "EDGEWAVE_TEST_GITEA",
    // SQLite is C.
    needs: ["gcc"],
    optional: true,
    modules: [
      {
        folder: path.join(__dirname, "gitea"),
        version: gitea,
        programs: { gitea: "code.gitea.io/gitea" },
        linkFlags: `-s -w -X main.Version=${gitea} -X "main.Tags=${giteaTags}"`,
        tags: giteaTags,
        beside: { module: "code.gitea.io/gitea", folders: ["options", "templates", "public"] },
      },
    ],
  },
  {
    // Its command line, by which the rules for admission are judged.
    name: "kyverno",
    variable: "EDGEWAVE_TEST_KYVERNO",
    needs: [],
    optional: true,
    modules: [
      {
        folder: path.join(__dirname, "kyverno"),
        version: kyverno,
        programs: { "kubectl-kyverno": "github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno" },
        linkFlags: "-s -w",
      },
    ],
  },
  {
    // Who people are, on a site.
    name: "dex",
    variable: "EDGEWAVE_TEST_DEX",
    needs: [],
    optional: true,
    modules: [
      {
        folder: path.join(__dirname, "dex"),
        version: dex,
        programs: { dex: "github.com/dexidp/dex/cmd/dex" },
        linkFlags: "-s -w",
      },
    ],
  },
];

/** The folder outside the tree that the programs of this state of a kit's modules are kept in. */
export function kitFolder(kit: Kit, environment: Readonly<Record<string, string | undefined>>): string {
  const cache = environment["XDG_CACHE_HOME"] || path.join(os.homedir(), ".cache");
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const { folder, programs, linkFlags, tags, beside } of kit.modules) {
    hash.update(JSON.stringify([programs, linkFlags, tags, beside]));
    for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(path.join(folder, file)));
  }
  const versions = kit.modules.map(({ folder, version }) => `${path.basename(folder)}-${version}`).join("-");
  return path.join(cache, "edgewave", "real", `${versions}-${hash.digest("hex").slice(0, 12)}`);
}

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
}

const kubernetes = "1.37.2";
const etcd = "3.7.3";
const component = "k8s.io/component-base/version";

/** What the tests against real servers start; the versions are those of the modules' go.mod, held by their go.sum. */
export const modules: readonly ProgramModule[] = [
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
];

const kyvernoVersion = "1.19.1";

/** Kyverno's command line, by which the rules for admission are judged; in a folder of its own, because few need it. */
export const kyverno: ProgramModule = {
  folder: path.join(__dirname, "kyverno"),
  version: kyvernoVersion,
  programs: { "kubectl-kyverno": "github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno" },
  linkFlags: "-s -w",
};

/** The folder outside the tree that the programs of this state of the modules are kept in. */
export function programFolder(environment: Environment): string {
  return cacheFolder(environment, `kubernetes-${kubernetes}-etcd-${etcd}`, modules);
}

/** The same for Kyverno's command line. */
export function kyvernoFolder(environment: Environment): string {
  return cacheFolder(environment, `kyverno-${kyvernoVersion}`, [kyverno]);
}

type Environment = Readonly<Record<string, string | undefined>>;

function cacheFolder(environment: Environment, name: string, of: readonly ProgramModule[]): string {
  const cache = environment["XDG_CACHE_HOME"] || path.join(os.homedir(), ".cache");
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const { folder, programs, linkFlags } of of) {
    hash.update(JSON.stringify([programs, linkFlags]));
    for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(path.join(folder, file)));
  }
  return path.join(cache, "edgewave", "real", `${name}-${hash.digest("hex").slice(0, 12)}`);
}

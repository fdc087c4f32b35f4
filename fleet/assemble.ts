import { runChecks, type NamedDocument } from "./checks";
import { classify } from "./classify";
import { codes } from "./codes";
import type { Finding } from "./finding";
import { type KnownHosts, knownHostsFile, noKnownHosts, readKnownHosts } from "./knownHosts";
import type { Knowledge } from "./knowledge";
import type { Fleet, Release, ReleaseLock, ResolvedSite, Rollout, SourcePosition } from "./model";
import { compareFindings, compareText, toFinding, type Problem } from "./problem";
import type { Override } from "./overrides";
import { resolveOverride } from "./resolveOverride";
import { builtInDefaults, resolveSite } from "./resolve";
import { resolveRelease, resolveRollout } from "./resolveRollout";
import {
  fleetDefaultsSchema,
  schemas,
  type FleetDocument,
  resolvePolicy,
  type PolicyDocument,
  type ReleaseDocument,
  type RolloutDocument,
  type SiteDocument,
} from "./schema";
import { readLock } from "./readLock";
import { schemaProblems } from "./schema/problems";
import type { SourceDocument } from "./source/document";
import type { FleetFile } from "./source/files";
import { parseFile, type PlacedProblem } from "./source/parse";
import { positionsOf, type Positions } from "./positions";
import { compareVersions } from "./versions";

export interface FleetReading {
  /** Undefined if there is any error among the findings. */
  readonly fleet: Fleet | undefined;
  /** In order of file and line. */
  readonly findings: readonly Finding[];
  /** Where values are written. */
  readonly positions: Positions;
}

export interface ReadOptions {
  /** Takes every release as one without a lock, and says nothing of locks: for what makes them. */
  readonly ignoreLocks?: boolean;
}

/**
 * Parses, checks and resolves the files of a fleet. Pure: the same files in any order give the same result.
 * @param earlier what was found while the files were read
 */
export function assembleFleet(
  files: readonly FleetFile[],
  knowledge: Knowledge,
  earlier: readonly PlacedProblem[] = [],
  { ignoreLocks = false }: ReadOptions = {},
): FleetReading {
  const assembly = new Assembly(knowledge, ignoreLocks);
  assembly.begin(earlier);
  const ordered = [...files].sort((a, b) => compareText(a.path, b.path));
  for (const file of ordered) {
    if (file.path === knownHostsFile) assembly.know(file);
    else if (!isLock(file.path)) assembly.add(file);
  }
  if (!earlier.some((problem) => problem.code === "EDGE-FILE-001" && problem.source.file === "fleet.yaml")) {
    assembly.requireFleet(ordered);
  }
  return assembly.finish(new Map(ordered.filter((file) => isLock(file.path)).map((file) => [file.path, file.text])));
}

const isLock = (path: string): boolean => path.endsWith(".lock.json");

/** Collects documents and problems while files are added one by one. */
class Assembly {
  readonly placed: PlacedProblem[] = [];
  private readonly problems: Problem[] = [];
  private readonly documents = new Map<string, SourceDocument>();
  private readonly named: NamedDocument[] = [];
  private readonly fleets: FleetDocument[] = [];
  private readonly sites: Sourced<SiteDocument>[] = [];
  private readonly releases: Sourced<ReleaseDocument>[] = [];
  private readonly rollouts: Sourced<RolloutDocument>[] = [];
  private readonly policies: Sourced<PolicyDocument>[] = [];
  private readonly overrides: Override[] = [];
  private sitesComplete = true;
  private knownHosts: KnownHosts = noKnownHosts;
  /** Files without `.yaml` in which something could not be read. */
  private readonly unread: string[] = [];
  /** The defaults of a fleet.yaml that is not sound as a whole: one mistake shall not hide those of the sites. */
  private soundDefaults: Defaults = { known: false, value: undefined };

  private readonly unreadLocks = new Set<string>();

  constructor(
    private readonly knowledge: Knowledge,
    private readonly ignoreLocks: boolean,
  ) {}

  begin(earlier: readonly PlacedProblem[]): void {
    this.placed.push(...earlier);
    for (const { code, source } of earlier) if (codes[code].severity === "error") this.lose(source.file);
  }

  /** Host keys beside fleet.yaml. */
  know(file: FleetFile): void {
    const { hosts, problems } = readKnownHosts(file.text);
    this.knownHosts = hosts;
    this.placed.push(...problems);
  }

  add(file: FleetFile): void {
    const { documents, problems } = parseFile(file.path, file.text);
    this.placed.push(...problems);
    if (documents.length === 0 && problems.length === 0) {
      this.place("EDGE-DOC-005", { file: file.path, line: 1 }, "the file holds no document");
    }
    const before = this.problems.length + this.placed.length;
    documents.forEach((document, index) => {
      this.documents.set(keyOf(document.source), document);
      if ((file.path === "fleet.yaml" || file.path === "policy.yaml") && index > 0) {
        this.problems.push({
          code: "EDGE-DOC-005",
          source: document.source,
          path: [],
          message: `${file.path} holds more than one document`,
          hint: "Move sites, releases, rollouts and overrides into their folders.",
        });
      } else this.addDocument(document);
    });
    if (problems.length > 0 || this.problems.length + this.placed.length > before) this.lose(file.path);
  }

  /** Something in the file cannot be read: what it holds is not called missing, nor what is named like it. */
  private lose(file: string): void {
    if (file === "sites" || file.startsWith("sites/")) this.sitesComplete = false;
    this.unread.push(file.replace(/\.yaml$/, ""));
  }

  /** Without fleet.yaml nothing can be resolved. */
  requireFleet(files: readonly FleetFile[]): void {
    if (files.some((file) => file.path === "fleet.yaml")) return;
    if (this.placed.some((problem) => problem.source.file === "fleet.yaml")) return;
    this.place("EDGE-FILE-001", { file: "fleet.yaml", line: 1 }, "fleet.yaml does not exist");
  }

  finish(locks: ReadonlyMap<string, string>): FleetReading {
    const fleetDocument = this.fleets[0];
    const sites = this.resolveSites(fleetDocument);
    const releases = this.releases.map(({ document, source }) =>
      resolveRelease(document, this.lockOf(document, source, locks), source),
    );
    const rollouts = this.rollouts.map(({ document, source }) => resolveRollout(document, source));
    const { knowledge, named, overrides, sitesComplete, unreadLocks } = this;
    const unread = new Set(this.unread);
    const hub = fleetDocument?.spec.hub;
    const things = { sites, releases, rollouts, overrides, named };
    this.problems.push(...runChecks({ ...things, unread, unreadLocks, sitesComplete, hub, knowledge }));
    const findings = this.findings();
    const positions = positionsOf(this.documents);
    if (fleetDocument === undefined || findings.some((finding) => finding.severity === "error")) {
      return { fleet: undefined, findings, positions };
    }
    const [policy] = this.policies.map(({ document, source }) => resolvePolicy(document, source));
    return {
      fleet: {
        ...fleetOf(fleetDocument, sites, releases, rollouts, overrides),
        ...(policy === undefined ? {} : { policy }),
      },
      findings,
      positions,
    };
  }

  private addDocument(document: SourceDocument): void {
    const { kind, problems } = classify(document);
    this.problems.push(...problems);
    if (kind === undefined) return;
    const name = (document.value as { metadata?: { name?: unknown } | null }).metadata?.name;
    if (typeof name === "string") this.named.push({ kind, name, source: document.source });
    const result = schemas[kind].safeParse(document.value);
    if (!result.success) {
      // The frame has been judged with codes of its own.
      const issues = result.error.issues.filter((issue) => issue.path[0] !== "apiVersion" && issue.path[0] !== "kind");
      this.problems.push(...schemaProblems(schemas[kind], document, issues));
      if (kind === "Fleet") this.soundDefaults = defaultsOf(document.value);
      return;
    }
    const { source } = document;
    const data = result.data;
    if (data.kind === "Fleet") this.fleets.push(data);
    else if (data.kind === "Site") this.sites.push({ document: data, source });
    else if (data.kind === "Release") this.releases.push({ document: data, source });
    else if (data.kind === "Rollout") this.rollouts.push({ document: data, source });
    else if (data.kind === "Override") this.overrides.push(resolveOverride(data, document));
    else this.policies.push({ document: data, source });
  }

  /** Without the fleet's defaults, what sites leave to them is not called missing. */
  private resolveSites(fleet: FleetDocument | undefined): ResolvedSite[] {
    const defaults = fleet === undefined ? this.soundDefaults : { known: true, value: fleet.spec.defaults };
    const spec = { domain: fleet?.spec.domain ?? "fleet.invalid", defaults: defaults.value };
    return this.sites.flatMap(({ document, source }) => {
      const { site, problems } = resolveSite(spec, document, source, this.knowledge, this.knownHosts);
      if (defaults.known) this.problems.push(...problems);
      if (site === undefined) this.sitesComplete = false;
      return site ?? [];
    });
  }

  private lockOf(
    release: ReleaseDocument,
    source: SourcePosition,
    locks: ReadonlyMap<string, string>,
  ): ReleaseLock | undefined {
    const lock = this.ignoreLocks ? undefined : this.readLockOf(release, source, locks);
    if (this.ignoreLocks || (lock === undefined && release.spec.lock !== undefined)) {
      this.unreadLocks.add(release.metadata.name);
    }
    return lock;
  }

  private readLockOf(
    { metadata: { name }, spec: { lock } }: ReleaseDocument,
    source: SourcePosition,
    locks: ReadonlyMap<string, string>,
  ): ReleaseLock | undefined {
    if (lock === undefined) return undefined;
    const path = `releases/${lock}`;
    const text = locks.get(path);
    if (text === undefined) {
      if (this.placed.some((problem) => problem.source.file === path)) return undefined;
      const hint = `Lock the release (edgewave release lock ${name}), or remove spec.lock.`;
      const message = `the lock ${path} does not exist`;
      this.problems.push({ code: "EDGE-FILE-001", source, path: ["spec", "lock"], message, hint });
      return undefined;
    }
    const read = readLock(path, text);
    this.placed.push(...read.placed);
    this.problems.push(...read.problems);
    if (read.document !== undefined) this.documents.set(keyOf(read.document.source), read.document);
    return read.lock;
  }

  private place(code: Problem["code"], source: SourcePosition, message: string): void {
    this.placed.push({ code, source, path: [], message, line: source.line });
  }

  private findings(): Finding[] {
    const all = [
      ...this.placed.map((problem) => toFinding(problem, problem.line)),
      ...this.problems.map((problem) => {
        const document = this.documents.get(keyOf(problem.source));
        return toFinding(problem, document?.lineOf(problem.path) ?? problem.source.line);
      }),
    ].sort(compareFindings);
    return all.filter((finding, index) => index === 0 || compareFindings(finding, all[index - 1] as Finding) !== 0);
  }
}

interface Defaults {
  readonly known: boolean;
  readonly value: FleetDocument["spec"]["defaults"];
}

function defaultsOf(fleet: unknown): Defaults {
  const written = (fleet as { spec?: { defaults?: unknown } | null }).spec?.defaults;
  const result = fleetDefaultsSchema.optional().safeParse(written);
  return result.success ? { known: true, value: result.data } : { known: false, value: undefined };
}

interface Sourced<Document> {
  readonly document: Document;
  readonly source: SourcePosition;
}

const keyOf = ({ file, line }: SourcePosition): string => `${file}:${line}`;

function fleetOf(
  { metadata, spec }: FleetDocument,
  sites: readonly ResolvedSite[],
  releases: readonly Release[],
  rollouts: readonly Rollout[],
  overrides: readonly Override[],
): Fleet {
  const byName = (a: { readonly name: string }, b: { readonly name: string }) => compareText(a.name, b.name);
  return {
    name: metadata.name,
    domain: spec.domain,
    hub: spec.hub,
    ...(spec.publish === undefined
      ? {}
      : {
          publish: {
            ...spec.publish,
            maxConcurrency: spec.publish.maxConcurrency ?? builtInDefaults.publishConcurrency,
          },
        }),
    imageSigning: spec.imageSigning,
    sites: [...sites].sort(byName),
    releases: [...releases].sort((a, b) => compareVersions(a.name, b.name)),
    rollouts: [...rollouts].sort(byName),
    overrides: [...overrides].sort(byName),
  };
}

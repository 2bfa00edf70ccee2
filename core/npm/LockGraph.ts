/**
 * What a lockfile of any package manager says: packages, and which package each name means in each of them.
 *
 * The readers ({@link NpmLockfile}, {@link PnpmLockfile}, {@link YarnLockfile}, {@link InstalledPackages}) give this
 * form; what comes after knows no manager.
 */
import type { Json } from "../archive/CanonicalJson.ts"
import type { Diagnostic } from "../diagnostics/Diagnostic.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { ManagerCommands } from "./ManagerCommands.ts"
import type { PackageSource } from "./PackageSource.ts"
import { upwards } from "./RelativePath.ts"

export type EdgeKind = "dependency" | "optional" | "peer" | "optional-peer"

/** A name that the package may import. */
export interface LockEdge {
  /** The key under which the dependent knows it (an alias keeps its alias). */
  readonly name: string
  readonly kind: EdgeKind
  /** Whether it is (also) a peer dependency: package and dependent must find the same copy. */
  readonly peer: boolean
  /** As declared, for people; empty where it is not known. */
  readonly range: string
  /** The node that the name means, `undefined` where the lockfile has none. */
  readonly target: string | undefined
}

export interface LockNode {
  /** Where the lockfile has it: the key of this node in {@link LockGraph.nodes}. */
  readonly id: string
  /** The name under which it is published, whatever it is installed as. */
  readonly name: string
  /** Exact. The address where the lockfile knows only that. */
  readonly version: string
  /** Subresource integrity: `sha512-...`, several separated by spaces. */
  readonly integrity: string | undefined
  readonly source: PackageSource
  readonly edges: ReadonlyArray<LockEdge>
  readonly os: ReadonlyArray<string> | undefined
  readonly cpu: ReadonlyArray<string> | undefined
  readonly libc: ReadonlyArray<string> | undefined
  readonly engines: Json | undefined
  readonly bin: Json | undefined
  readonly hasInstallScript: boolean
  /** Names that its own tarball brings in its `node_modules`, sorted. */
  readonly bundled: ReadonlyArray<string>
  /** Whether the lockfile says that only optional dependencies lead here. */
  readonly optional: boolean
  /** Where it is installed, relative to the lockfile's directory. */
  readonly directory: string | undefined
  /** What to tell about it when it goes along. */
  readonly remarks: ReadonlyArray<Diagnostic>
}

export interface Declaration {
  readonly kind: "dependency" | "optional" | "peer" | "dev"
  readonly range: string
}

/** A package of the project: the root, or a workspace. */
export interface Importer {
  /** Relative to the lockfile's directory; empty for that directory itself. */
  readonly directory: string
  readonly declared: ReadonlyMap<string, Declaration>
}

export interface LockGraph {
  /** The lockfile as a person names it. */
  readonly file: string
  readonly commands: ManagerCommands
  /** Whether lockfiles of this format hold integrity hashes that npm can check. */
  readonly hashes: boolean
  readonly nodes: ReadonlyMap<string, LockNode>
  /** By directory. Empty where the lockfile does not say (npm's version 1, `.package-lock.json`). */
  readonly importers: ReadonlyMap<string, Importer>
  /** The node that `name` means in a module in `directory` (relative to the lockfile's, `/` between its parts). */
  readonly resolve: (directory: string, name: string) => string | undefined
  /** Where the lockfile speaks of a node. */
  readonly locate: (id: string) => SourceLocation | undefined
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

/** The nearest package of the project that holds `directory`. */
export const importerOf = (graph: LockGraph, directory: string): Importer | undefined => {
  for (const at of upwards(directory)) {
    const importer = graph.importers.get(at)
    if (importer !== undefined) return importer
  }
  return undefined
}

/**
 * From packages whose names a lockfile resolves itself (pnpm's, yarn's) to a {@link LockGraph}: there, a name means what
 * the nearest package of the project says, not what lies in a directory.
 */
import type { Diagnostic } from "../diagnostics/Diagnostic.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { Importer, LockEdge, LockGraph, LockNode } from "./LockGraph.ts"
import type { ManagerCommands } from "./ManagerCommands.ts"
import type { PackageSource } from "./PackageSource.ts"
import { join, upwards } from "./RelativePath.ts"

/** A package of the project, and the node that each of its dependencies is. */
export interface ProjectImporter extends Importer {
  readonly targets: ReadonlyMap<string, string>
}

/** `optional` undefined: the lockfile does not say. */
export interface ProjectNode extends Omit<LockNode, "optional" | "directory" | "remarks"> {
  readonly optional: boolean | undefined
}

export interface ProjectGraph {
  readonly file: string
  readonly commands: ManagerCommands
  readonly hashes: boolean
  readonly nodes: ReadonlyMap<string, ProjectNode>
  readonly importers: ReadonlyMap<string, ProjectImporter>
  /** Whether each package of the project has its dependencies in a node_modules of its own; else only the root surely has. */
  readonly isolated: boolean
  readonly locate: (id: string) => SourceLocation | undefined
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

/** A node of which there is no more to say than this. */
export const makeNode = (
  node: Pick<ProjectNode, "id" | "name" | "version" | "source"> & Partial<ProjectNode>
): ProjectNode => ({
  integrity: undefined,
  edges: [],
  os: undefined,
  cpu: undefined,
  libc: undefined,
  engines: undefined,
  bin: undefined,
  hasInstallScript: false,
  bundled: [],
  optional: undefined,
  ...node
})

/** What only optional dependencies lead to is not in this. */
const requiredOf = ({ importers, nodes }: ProjectGraph): ReadonlySet<string> => {
  const required = new Set<string>()
  const pending: Array<string> = []
  for (const { declared, targets } of importers.values()) {
    for (const [name, target] of targets) if (declared.get(name)?.kind !== "optional") pending.push(target)
  }
  const isRequired = ({ kind, target }: LockEdge): boolean =>
    target !== undefined && (kind === "dependency" || kind === "peer") && !required.has(target)
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    required.add(id)
    for (const edge of nodes.get(id)?.edges ?? []) {
      if (edge.target !== undefined && isRequired(edge)) pending.push(edge.target)
    }
  }
  return required
}

/** Where a node lies in the project, as far as every way of installing puts it there. */
const directoriesOf = ({ importers, isolated, nodes }: ProjectGraph): ReadonlyMap<string, string> => {
  const directories = new Map<string, string>()
  for (
    const { directory, targets } of [...importers.values()].sort((a, b) => a.directory.length - b.directory.length)
  ) {
    if (directory !== "" && !isolated) continue
    for (const [name, id] of targets) {
      if (!directories.has(id)) directories.set(id, join(directory, `node_modules/${name}`))
    }
  }
  for (const { id, source } of nodes.values()) if (source._tag === "Directory") directories.set(id, source.path)
  return directories
}

/** The names that mean one package wherever they are used: whoever hoists puts it where all find it. */
const unambiguous = ({ importers, nodes }: ProjectGraph): ReadonlyMap<string, string> => {
  const targets = new Map<string, string | undefined>()
  const seen = (name: string, target: string) =>
    targets.set(name, targets.has(name) && targets.get(name) !== target ? undefined : target)
  for (const importer of importers.values()) for (const [name, target] of importer.targets) seen(name, target)
  for (const { edges } of nodes.values()) {
    for (const { name, target } of edges) if (target !== undefined) seen(name, target)
  }
  return new Map([...targets].flatMap(([name, target]) => target === undefined ? [] : [[name, target] as const]))
}

export const toGraph = (project: ProjectGraph): LockGraph => {
  const required = requiredOf(project)
  const directories = directoriesOf(project)
  const nodes = new Map<string, LockNode>()
  for (const [id, node] of project.nodes) {
    nodes.set(id, {
      ...node,
      optional: node.optional ?? !required.has(id),
      directory: directories.get(id),
      remarks: []
    })
  }
  let hoisted: ReadonlyMap<string, string> | undefined
  return {
    file: project.file,
    commands: project.commands,
    hashes: project.hashes,
    nodes,
    importers: project.importers,
    resolve: (directory, name) => {
      for (const at of upwards(directory)) {
        const target = project.importers.get(at)?.targets.get(name)
        if (target !== undefined) return target
      }
      hoisted ??= unambiguous(project)
      return hoisted.get(name)
    },
    locate: project.locate,
    diagnostics: project.diagnostics
  }
}

/** A directory of the project, or beside it, that is linked. */
export const makeLink = (id: string, name: string, path: string): ProjectNode =>
  makeNode({ id, name, version: "", source: { _tag: "Directory", path }, optional: false })

/** What a package from elsewhere is hashed by: the commit is the hash of what comes from git. */
export const integrityFor = (source: PackageSource, integrity: string | undefined): string | undefined =>
  source._tag === "Git" ? undefined : integrity

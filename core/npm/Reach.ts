/**
 * From the packages that kept code imports to all that they need.
 */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import * as Quotation from "../diagnostics/Quotation.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"
import { LockfileError } from "./LockfileError.ts"
import * as LockGraph from "./LockGraph.ts"
import * as PackageSource from "./PackageSource.ts"

/** An import of an npm package in kept code. */
export interface Root {
  /** The key under which the package is installed, as the import names it (no subpath). */
  readonly name: string
  /** The directory of the importing module, relative to the lockfile's directory, `/` between its parts; empty for that. */
  readonly directory: string
  /** Where the import stands. */
  readonly location?: SourceLocation | undefined
}

export interface ReachedEdge {
  readonly name: string
  /** `undefined`: nothing by this name must be found, if it can be helped. */
  readonly target: string | undefined
  readonly optional: boolean
  readonly peer: boolean
}

export interface ReachedRoot {
  readonly root: Root
  readonly target: string
  readonly optional: boolean
}

export interface Reached {
  readonly graph: LockGraph.LockGraph
  /** Every import once for each directory that it stands in. */
  readonly roots: ReadonlyArray<ReachedRoot>
  /** The edges of every reached node, by name. */
  readonly edges: ReadonlyMap<string, ReadonlyArray<ReachedEdge>>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

const label = (node: LockGraph.LockNode): string =>
  `${node.name}@${node.version === "" ? "?" : PackageSource.redacted(node.version)}`

const packageMissing = (graph: LockGraph.LockGraph, root: Root): LockfileError =>
  new LockfileError({
    reason: "PackageMissing",
    what: `The package ${Quotation.quoted(root.name)} is not in ${graph.file}`,
    location: root.location,
    why: `It is imported from ${
      root.directory === "" ? "the project's root" : root.directory
    }, and nothing is locked there under this name.`,
    remedy: `Run \`${
      graph.commands.add(root.name)
    }\`, or \`${graph.commands.install}\` if package.json names it already.`
  })

/** What can be said against installing `node` elsewhere. */
const objection = (
  graph: LockGraph.LockGraph,
  node: LockGraph.LockNode,
  location: SourceLocation | undefined
): LockfileError | undefined => {
  switch (node.source._tag) {
    case "Directory":
    case "File":
      return new LockfileError({
        reason: "NotInstallable",
        what: `The package ${Quotation.quoted(node.name)} lies at ${node.source.path} on this machine only`,
        location: location ?? graph.locate(node.id),
        why: "No other machine can install it from the lockfile.",
        remedy: "Package with dependencies \"vendor\", or publish the package."
      })
    case "Git":
    case "Tarball":
      return PackageSource.hasSecret(node.source.address)
        ? new LockfileError({
          reason: "SecretInAddress",
          what: `The address of the package ${Quotation.quoted(node.name)} holds a secret`,
          location: location ?? graph.locate(node.id),
          why: `${PackageSource.redacted(node.source.address)} would go into the package with it.`,
          remedy: "Keep the secret in .npmrc or git's own configuration, or package with dependencies \"vendor\"."
        })
        : node.source._tag === "Git" && /^git\+file:/.test(node.source.address)
        ? new LockfileError({
          reason: "NotInstallable",
          what: `The package ${Quotation.quoted(node.name)} comes from a git repository on this machine`,
          location: location ?? graph.locate(node.id),
          why: "No other machine can install it from the lockfile.",
          remedy: "Package with dependencies \"vendor\", or publish the package."
        })
        : undefined
    case "Patched":
      return new LockfileError({
        reason: "NotInstallable",
        what: `The package ${Quotation.quoted(node.name)} is patched on this machine`,
        location: location ?? graph.locate(node.id),
        why: `Other machines would install it without ${
          node.source.patch === "" ? "the project's patch" : node.source.patch
        }.`,
        remedy: "Package with dependencies \"vendor\"."
      })
    case "Registry":
    case "Bundled":
      return undefined
  }
}

const remarks = (graph: LockGraph.LockGraph, node: LockGraph.LockNode): ReadonlyArray<Diagnostic> => {
  switch (node.source._tag) {
    case "Git":
    case "Tarball":
      return [
        new Diagnostic({
          severity: "warning",
          code: "package-by-address",
          what: `The package ${node.name} is installed from ${PackageSource.redacted(node.source.address)}`,
          location: graph.locate(node.id),
          why: node.source._tag === "Git"
            ? "The cluster needs git and access to that repository."
            : "The cluster needs access to that address.",
          remedy: "Package with dependencies \"vendor\" if it has none."
        })
      ]
    case "Bundled":
      return [
        new Diagnostic({
          severity: "info",
          code: "bundled-package-shared",
          what: `${label(node)} comes with the tarball of another package, but a package outside of that one needs it`,
          location: graph.locate(node.id),
          why: "It is installed from the registry, at the same version and without an integrity hash.",
          remedy: "Package with dependencies \"vendor\" to take the files that are installed."
        })
      ]
    default:
      return []
  }
}

/** One remark for all packages that a package of the project imports and doesn't declare. */
const undeclaredImports = (
  graph: LockGraph.LockGraph,
  { directory }: LockGraph.Importer,
  roots: ReadonlyArray<Root>
): Diagnostic => {
  const names = roots.map(({ name }) => name)
  const isOne = names.length === 1
  const shown = names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`
  return new Diagnostic({
    severity: "info",
    code: "undeclared-package",
    what: `${shown} ${isOne ? "is" : "are"} imported, but ${
      directory === "" ? "" : `${directory}/`
    }package.json does not declare ${isOne ? "it" : "them"}`,
    location: roots[0]?.location,
    why: `${isOne ? "It is" : "They are"} installed only because something else needs ${
      isOne ? "it, at the version that that needs" : "them, at the versions that that needs"
    }.`,
    remedy: `Run \`${graph.commands.add(names.join(" "))}\`.`
  })
}

/** One remark for all: a package can have dozens. */
const peersLeftOut = (
  graph: LockGraph.LockGraph,
  peers: ReadonlyMap<string, string>
): ReadonlyArray<Diagnostic> => {
  const [first, ...more] = [...peers].sort(([a], [b]) => Order.string(a, b))
  if (first === undefined) return []
  const [name, dependent] = first
  const others = more.length > 2 ? `${more[0]?.[0]} and ${more.length - 1} more` : more.map(([each]) => each).join(", ")
  return [
    new Diagnostic({
      severity: "info",
      code: "optional-peer-left-out",
      what: more.length === 0
        ? `${name}, an optional peer dependency of ${dependent}, is not included`
        : `${peers.size} optional peer dependencies are not included: ${name} (of ${dependent}), ${others}`,
      why: `${more.length === 0 ? "It is" : "They are"} installed, but the importing package does not depend on ${
        more.length === 0 ? "it" : "them"
      }.`,
      remedy: `Run \`${graph.commands.add(name)}\` if the packaged function needs it.`
    })
  ]
}

/** One remark for all, for such lockfiles lack most hashes. */
const withoutIntegrity = (
  graph: LockGraph.LockGraph,
  nodes: ReadonlyArray<LockGraph.LockNode>
): ReadonlyArray<Diagnostic> => {
  const labels = [...new Set(nodes.map(label))].sort(Order.string)
  // Where there is no lockfile, that is said already
  if (labels.length === 0 || graph.diagnostics.some(({ code }) => code === "no-lockfile")) return []
  if (!graph.hashes) {
    return [
      new Diagnostic({
        severity: "info",
        code: "lockfile-without-integrity",
        what: `${graph.file} has no integrity hashes that npm can check: the package has none`,
        why: "Whoever serves its npm packages on the cluster is trusted.",
        remedy: "Package with dependencies \"vendor\": it puts the installed files into the package."
      })
    ]
  }
  return [
    new Diagnostic({
      severity: "warning",
      code: "no-integrity",
      what: `${graph.file} has no integrity hash of ${labels.slice(0, 5).join(", ")}${
        labels.length > 5 ? ` and ${labels.length - 5} more` : ""
      }`,
      why: "Whoever serves these packages on the cluster is trusted.",
      remedy: `Delete node_modules and the lockfile, and run \`${graph.commands.install}\`.`
    })
  ]
}

/** What makes two nodes one package, whatever they resolve their names to. */
const labelOf = (graph: LockGraph.LockGraph, id: string): string => {
  const node = graph.nodes.get(id)
  return node === undefined ? id : JSON.stringify([node.name, node.version, node.integrity ?? null])
}

/**
 * Reaches from `roots`. What is reached does not depend on where in the project's tree packages lie.
 *
 * Peer dependencies are reached when installed. Optional peer dependencies only if the importing package of the project
 * declares them (not for development), or if something else reaches them: else whatever happens to be installed beside
 * would go along (TypeScript with everything that has types).
 */
export const reach = (
  graph: LockGraph.LockGraph,
  roots: ReadonlyArray<Root>
): Effect.Effect<Reached, LockfileError> =>
  Effect.gen(function*() {
    const diagnostics: Array<Diagnostic> = []
    const reachedRoots: Array<ReachedRoot> = []
    const undeclared = new Map<LockGraph.Importer, ReadonlyArray<Root>>()
    const wanted = new Set<string>()
    const seenRoots = new Set<string>()
    const seenImporters = new Set<LockGraph.Importer>()
    const queue: Array<{ readonly id: string; readonly location: SourceLocation | undefined }> = []

    for (const root of roots) {
      const key = `${root.directory}\n${root.name}`
      if (seenRoots.has(key)) continue
      seenRoots.add(key)
      const target = graph.resolve(root.directory, root.name)
      if (target === undefined) return yield* packageMissing(graph, root)
      const importer = LockGraph.importerOf(graph, root.directory)
      const declaration = importer?.declared.get(root.name)
      if (importer !== undefined && declaration === undefined) {
        const known = undeclared.get(importer) ?? []
        if (!known.some(({ name }) => name === root.name)) undeclared.set(importer, [...known, root])
      }
      if (importer !== undefined && !seenImporters.has(importer)) {
        seenImporters.add(importer)
        for (const [name, { kind }] of importer.declared) {
          const declared = kind === "dev" ? undefined : graph.resolve(importer.directory, name)
          if (declared !== undefined) wanted.add(labelOf(graph, declared))
        }
      }
      reachedRoots.push({
        root,
        target,
        optional: declaration === undefined
          ? graph.nodes.get(target)?.optional === true
          : declaration.kind === "optional"
      })
      queue.push({ id: target, location: root.location })
    }

    for (const [importer, each] of undeclared) diagnostics.push(undeclaredImports(graph, importer, each))

    const reached = new Set<string>()
    const waiting: Array<{ readonly target: string; readonly label: string }> = []
    for (;;) {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const node = graph.nodes.get(next.id)
        if (node === undefined || reached.has(next.id)) continue
        const problem = objection(graph, node, next.location)
        if (problem !== undefined) return yield* problem
        reached.add(next.id)
        for (const edge of node.edges) {
          if (edge.target === undefined) continue
          if (edge.kind === "optional-peer") {
            waiting.push({ target: edge.target, label: labelOf(graph, edge.target) })
          } else queue.push({ id: edge.target, location: undefined })
        }
      }
      if (waiting.length > 0) { for (const id of reached) wanted.add(labelOf(graph, id)) }
      for (const optional of waiting) {
        if (wanted.has(optional.label) && !reached.has(optional.target)) {
          queue.push({ id: optional.target, location: undefined })
        }
      }
      if (queue.length === 0) break
    }

    const required = new Set<string>()
    const stack = reachedRoots.flatMap((root) => root.optional ? [] : [root.target])
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (required.has(id)) continue
      required.add(id)
      for (const edge of graph.nodes.get(id)?.edges ?? []) {
        if (edge.target !== undefined && (edge.kind === "dependency" || edge.kind === "peer")) stack.push(edge.target)
      }
    }

    const edges = new Map<string, ReadonlyArray<ReachedEdge>>()
    const unhashed: Array<LockGraph.LockNode> = []
    /** Optional peer dependencies that are installed, and a package that declares each. */
    const leftOut = new Map<string, string>()
    for (const id of reached) {
      const node = graph.nodes.get(id)
      if (node === undefined) continue
      diagnostics.push(...node.remarks, ...remarks(graph, node))
      if (node.source._tag === "Registry" && node.integrity === undefined) unhashed.push(node)
      const kept: Array<ReachedEdge> = []
      for (const edge of node.edges) {
        const optional = edge.kind === "optional" || edge.kind === "optional-peer"
        const target = edge.target !== undefined && reached.has(edge.target) ? edge.target : undefined
        kept.push({ name: edge.name, target, optional, peer: edge.peer })
        if (target !== undefined) continue
        if (edge.target !== undefined) {
          leftOut.set(edge.name, label(node))
        } else if (edge.kind === "dependency" && required.has(id)) {
          return yield* new LockfileError({
            reason: "DependencyMissing",
            what: `${label(node)} requires ${edge.name}${
              edge.range === "" ? "" : ` (${PackageSource.redacted(edge.range)})`
            }, which is not in ${graph.file}`,
            location: graph.locate(id),
            why: "The lockfile is not complete.",
            remedy: `Run \`${graph.commands.install}\`.`
          })
        } else if (edge.kind === "dependency" || edge.kind === "peer") {
          diagnostics.push(
            new Diagnostic({
              // A peer that is not installed is missing here, too
              severity: edge.kind === "peer" ? "info" : "warning",
              code: edge.kind === "peer" ? "peer-missing" : "dependency-missing",
              what: `${label(node)} requires ${edge.name}, which is not in ${graph.file}`,
              location: graph.locate(id),
              why: edge.kind === "peer"
                ? "It is a peer dependency that is not installed."
                : "Only optional dependencies lead to that package.",
              remedy: `Run \`${edge.kind === "peer" ? graph.commands.add(edge.name) : graph.commands.install}\`.`
            })
          )
        }
      }
      edges.set(id, kept)
    }
    diagnostics.push(...peersLeftOut(graph, leftOut), ...withoutIntegrity(graph, unhashed))
    return { graph, roots: reachedRoots, edges, diagnostics }
  })

/**
 * The project's lockfile, cut down to what a package needs, as `npm ci` takes it.
 *
 * The texts are functions of what the kept code can tell apart ({@link PackageClass}): names, exact versions, integrity
 * hashes, sources, platforms. They do not depend on the project's other dependencies, on the version, order and layout
 * of its lockfile, or on this machine. Every requirement is written with the exact version that it was resolved to, peer
 * dependencies among them: so overrides and `--legacy-peer-deps` of the project need not be repeated.
 */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as CanonicalJson from "../archive/CanonicalJson.ts"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import * as KeptPlacement from "./KeptPlacement.ts"
import { LockfileError } from "./LockfileError.ts"
import type { LockGraph, LockNode } from "./LockGraph.ts"
import * as PackageClass from "./PackageClass.ts"
import * as PlacedTree from "./PlacedTree.ts"
import * as Placement from "./Placement.ts"
import * as Reach from "./Reach.ts"

export interface PrunedPackage {
  /** `node_modules/a/node_modules/b`. */
  readonly path: string
  /** The name under which it is published. */
  readonly name: string
  readonly version: string
  readonly integrity: string | undefined
  /** Only optional dependencies lead to it: it may be missing where it does not fit. */
  readonly optional: boolean
  /** The path of the package that it is here for; empty when kept code imports it. */
  readonly requiredBy: string
  /** Where the project has a copy of it, relative to the lockfile's directory. */
  readonly directory: string | undefined
}

export interface PrunedRoot {
  readonly root: Reach.Root
  /**
   * The key under which the package finds it: the import's own name, but where one name means different packages in
   * different places of the project.
   */
  readonly installedAs: string
  readonly name: string
  readonly version: string
}

export interface Pruned {
  /** Canonical text of `package.json`. */
  readonly packageJson: string
  /** Canonical text of `package-lock.json`, lockfileVersion 3. */
  readonly lockfile: string
  /** Every copy, by path. */
  readonly packages: ReadonlyArray<PrunedPackage>
  readonly roots: ReadonlyArray<PrunedRoot>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

/** What a dependent writes to get exactly this package under `key`. */
const specifierOf = (key: string, node: LockNode): string =>
  node.source._tag === "Git" || node.source._tag === "Tarball"
    ? node.source.address
    : key === node.name
    ? node.version
    : `npm:${node.name}@${node.version}`

type Members = { readonly [key: string]: CanonicalJson.Source | undefined }

type Requirement = readonly [name: string, specifier: string]

/** Entries, for `__proto__` can be assigned to no object. */
const orNothing = (requirements: ReadonlyArray<Requirement>): Members | undefined =>
  requirements.length === 0 ? undefined : Object.fromEntries(requirements)

/** The packages that something insists on. */
const requiredOf = ({ edges, root }: PlacedTree.PlacedTree): ReadonlySet<PlacedTree.Placed> => {
  const required = new Set<PlacedTree.Placed>()
  const pending = [root]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const edge of edges.get(at) ?? []) {
      if (edge.optional || required.has(edge.found)) continue
      required.add(edge.found)
      pending.push(edge.found)
    }
  }
  return required
}

const render = (
  reached: Reach.Reached,
  classes: PackageClass.PackageClasses,
  tree: PlacedTree.PlacedTree
): Pruned => {
  const required = requiredOf(tree)
  const nodeOf = (placed: PlacedTree.Placed): LockNode | undefined =>
    placed.index === undefined ? undefined : classes.classes[placed.index]?.node
  const requirements = (from: PlacedTree.Placed): Members => {
    const dependencies: Array<Requirement> = []
    const optionalDependencies: Array<Requirement> = []
    const peerDependencies: Array<Requirement> = []
    for (const edge of tree.edges.get(from) ?? []) {
      const node = nodeOf(edge.found)
      if (node === undefined) continue
      const requirement = [edge.name, specifierOf(edge.name, node)] as const
      // To a package that must be there anyway, an optional dependency is one like any other.
      const optional = edge.optional && !required.has(edge.found)
      const requirements = optional ? optionalDependencies : dependencies
      requirements.push(requirement)
      // npm takes no notice of it then; who prunes this lockfile again does.
      if (edge.peer) peerDependencies.push(requirement)
    }
    return {
      dependencies: orNothing(dependencies),
      optionalDependencies: orNothing(optionalDependencies),
      peerDependencies: orNothing(peerDependencies)
    }
  }

  const own = requirements(tree.root)
  const entries: { [path: string]: Members } = { "": own }
  const packages: Array<PrunedPackage> = []
  for (const placed of tree.placed) {
    const node = nodeOf(placed)
    const dependent = tree.dependents.get(placed)
    if (node === undefined) continue
    const path = PlacedTree.pathOf(placed)
    const optional = !required.has(placed)
    const address = node.source._tag === "Git" || node.source._tag === "Tarball" ? node.source.address : undefined
    entries[path] = {
      name: node.name === placed.name ? undefined : node.name,
      version: node.version === address ? undefined : node.version,
      resolved: address,
      integrity: node.integrity,
      ...requirements(placed),
      os: node.os,
      cpu: node.cpu,
      libc: node.libc,
      // Elsewhere it is advice, which version 1 does not hold.
      engines: optional ? node.engines : undefined,
      bin: node.bin,
      hasInstallScript: node.hasInstallScript ? true : undefined,
      optional: optional ? true : undefined
    }
    packages.push({
      path,
      name: node.name,
      version: node.version,
      integrity: node.integrity,
      optional,
      requiredBy: dependent === undefined ? "" : PlacedTree.pathOf(dependent),
      directory: node.directory
    })
  }
  const aliased = classes.roots.filter((root) => root.imports.some(({ root: { name } }) => name !== root.key))
  return {
    packageJson: CanonicalJson.encode({ ...own, private: true }),
    lockfile: CanonicalJson.encode({ lockfileVersion: 3, packages: entries, requires: true }),
    packages: packages.sort((a, b) => Order.string(a.path, b.path)),
    roots: classes.roots.flatMap((root) => {
      const node = classes.classes[root.target]?.node
      return node === undefined ? [] : root.imports.map(({ root: imported }) => ({
        root: imported,
        installedAs: root.key,
        name: node.name,
        version: node.version
      }))
    }),
    diagnostics: [
      ...reached.graph.diagnostics,
      ...reached.diagnostics,
      ...aliased.flatMap((root) =>
        root.imports.map(({ root: imported }) =>
          new Diagnostic({
            severity: "info",
            code: "package-renamed",
            what: `${imported.name} is installed as ${root.key} for ${
              imported.directory === "" ? "the root" : imported.directory
            }`,
            location: imported.location,
            why: "Other kept code imports another version under that name."
          })
        )
      )
    ]
  }
}

const layoutKept = (graph: LockGraph): Diagnostic =>
  new Diagnostic({
    severity: "info",
    code: "layout-kept",
    what: `The npm packages are laid out as in ${graph.file}`,
    why: "They need each other in conflicting versions. The package's ID may change when the lockfile's layout does.",
    remedy: `Run \`${graph.commands.dedupe}\`.`
  })

/**
 * The texts for the packages that kept code imports, `roots` in any order.
 *
 * Packages from git and from addresses of the web are kept with their address (it is what they are), with a warning;
 * what lies on this machine only fails with `NotInstallable`.
 */
export const prune = (
  graph: LockGraph,
  roots: ReadonlyArray<Reach.Root>
): Effect.Effect<Pruned, LockfileError> =>
  Effect.gen(function*() {
    const reached = yield* Reach.reach(graph, roots)
    const classes = PackageClass.classify(reached)
    const placement = Placement.place(classes)
    const tree = placement === undefined ? undefined : PlacedTree.settle(classes, placement)
    if (tree !== undefined) return render(reached, classes, tree)
    const layout = KeptPlacement.keep(classes)
    const kept = layout === undefined ? undefined : PlacedTree.settle(classes, layout)
    if (kept === undefined) {
      return yield* new LockfileError({
        reason: "NotPlaceable",
        what: `No node_modules tree was found for the packages that ${roots.map(({ name }) => name).join(", ")} need`,
        why: "They need each other in conflicting versions.",
        remedy: `Run \`${graph.commands.dedupe}\`, or package with dependencies "vendor".`
      })
    }
    const pruned = render(reached, classes, kept)
    return { ...pruned, diagnostics: [...pruned.diagnostics, layoutKept(graph)] }
  })

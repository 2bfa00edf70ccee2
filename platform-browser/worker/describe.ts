/**
 * What the core knows of a package, as the plain data that a page gets.
 */
import type { OpenPackage } from "../../core/archive/OpenPackage.ts"
import type { Diagnostic } from "../../core/diagnostics/Diagnostic.ts"
import { packageNames, type Step, stepOf } from "../../core/packaging/explain/Answer.ts"
import { bareName } from "../../core/packaging/explain/Subject.ts"
import type { Explanation } from "../../core/diagnostics/Explanation.ts"
import { chain, type Decision, type NodeId } from "../../core/modules/Reason.ts"
import type { PreparedFile, PreparedPackage } from "../../core/packaging/PreparedPackage.ts"
import type { SourceLocation } from "../../core/diagnostics/SourceLocation.ts"
import type { LockedPackage } from "./LockedPackages.ts"
import type * as Analysis from "./PackageAnalysis.ts"

/** A class instance of the core crosses as a plain object. */
export const place = (location: SourceLocation | undefined): Analysis.Place | undefined =>
  location === undefined ? undefined : { file: location.file, line: location.line, column: location.column }

/** A command that installs or locks packages, in any remedy of the core. */
const installs = /\b(?:npm (?:install|i|ci|add)|pnpm (?:install|i|add)|yarn(?: install| add)?|bun (?:install|add))\b/

/** Advice that a page can follow: it runs no commands, and installs no packages. */
const advice = (remedy: string | undefined): string | undefined =>
  remedy === undefined || !installs.test(remedy) ? remedy
    : "A page cannot install packages. Add the project's lockfile (package-lock.json, pnpm-lock.yaml, yarn.lock), which " +
      "names them, or the packages' folders in node_modules. On a machine, `clustrix package FILE#NAME` does it."

/** Why there is no answer, from an error of the core or a defect. */
export const remarkOf = (error: unknown): Analysis.Remark => {
  // Every tagged error of the core has the fields of an Explanation
  const known = error instanceof Error && "_tag" in error && "what" in error
    ? error as unknown as Explanation & { readonly _tag: string }
    : undefined
  return {
    severity: "error",
    code: known?._tag ?? "Defect",
    what: known?.what ?? (error instanceof Error ? error.message : String(error)),
    why: known?.why,
    remedy: advice(known?.remedy),
    location: place(known?.location)
  }
}

export const diagnostic = ({ code, location, remedy, severity, what, why }: Diagnostic): Analysis.Remark => ({
  severity,
  code,
  what,
  why,
  remedy: advice(remedy),
  location: place(location)
})

/** Reports, in one remark, the packages that are not installed in the page. */
export const locked = (packages: ReadonlyArray<LockedPackage>): ReadonlyArray<Analysis.Remark> => {
  const [first, ...more] = packages
  if (first === undefined) return []
  const labels = packages.map(({ name, version }) => `${name} ${version}`)
  const names = labels.length <= 3 ? labels.join(", ")
    : `${labels.slice(0, 3).join(", ")} and ${labels.length - 3} more`
  return [{
    severity: "info",
    code: "PackageFromLockfile",
    what: more.length === 0
      ? `${first.name} is taken as ${first.file} has it, ${first.version}: its own files are not here`
      : `${packages.length} npm packages are taken as ${first.file} has them: ${names}. Their own files are not here`,
    why: more.length === 0
      ? "Whether it has the modules that are imported cannot be told."
      : "Whether they have the modules that are imported cannot be told.",
    remedy:
      "A run in the page needs their files: add their folders in node_modules, and package with dependencies \"vendor\".",
    location: undefined
  }]
}

export const step = ({ because, kind, location, node }: Step): Analysis.WhyStep => ({
  node,
  kind,
  because,
  location: place(location)
})

export const decision = ({ doubt, location, node, verdict, why }: Decision): Analysis.DecisionRemark => ({
  node,
  verdict,
  doubt,
  why,
  location: { file: location.file, line: location.line, column: location.column }
})

/** Chains share their steps, so that many of them cross to the page as few objects. */
const chains = (prepared: PreparedPackage) => {
  const steps = new Map<NodeId, Analysis.WhyStep>()
  return (node: NodeId): ReadonlyArray<Analysis.WhyStep> =>
    chain(prepared.reasons, node).map(([each, reason]) => {
      const known = steps.get(each) ?? step(stepOf(each, reason))
      steps.set(each, known)
      return known
    }).reverse()
}

/** The files of the package with what is known of each. */
export const files = (prepared: PreparedPackage, opened: OpenPackage): ReadonlyArray<Analysis.PackagedFile> => {
  const known = new Map(prepared.files.map((file) => [file.path, file]))
  const whyOf = chains(prepared)
  return opened.entries.map(({ compressedBytes, mode, path, sha256, size }) => {
    const file = known.get(path)
    return {
      path,
      mode,
      sizeBytes: size,
      compressedBytes,
      sha256,
      source: file?.source,
      node: file?.node,
      declarations: file?.declarations ?? [],
      why: file === undefined ? [] : whyOf(file.node)
    }
  })
}

const fileOf = (node: NodeId): string => /^(.*?)(?:#[^#]*|:\d+)?$/.exec(node)?.[1] ?? node

const kindOf = (node: NodeId, file: PreparedFile | undefined): Analysis.GraphNode["kind"] => {
  if (node.startsWith("npm:")) return "npm"
  if (file !== undefined) {
    return file.source === undefined ? "clustrix" : /^modules\/.*\.(mjs|js|cjs)$/.test(file.path) ? "module" : "data"
  }
  return node.includes("#") ? "declaration" : /:\d+$/.test(node) ? "statement" : "module"
}

/** The graph of reasons. Only what is in the package is in it. */
export const graph = (prepared: PreparedPackage): Analysis.Graph => {
  const fileAt = new Map(prepared.files.map((file) => [file.node, file]))
  const declared = new Map(
    prepared.files.flatMap((file) => file.declarations.map((node) => [node, file] as const))
  )
  const dropped = new Set(
    prepared.decisions.flatMap(({ node, verdict }) => verdict === "dropped" && !declared.has(node) ? [node] : [])
  )
  const nodes = new Map<string, Analysis.GraphNode>()
  const edges: Array<Analysis.GraphEdge> = []
  const add = (node: NodeId): void => {
    if (nodes.has(node) || dropped.has(node)) return
    const file = fileAt.get(node)
    const kind = kindOf(node, file)
    const reason = prepared.reasons.get(node)
    const inside = kind === "declaration" || kind === "statement"
    nodes.set(node, {
      id: node,
      kind,
      label: node.startsWith("npm:") ? node.slice(4) : bareName(node),
      isEntry: reason?.kind === "entry" && reason.from === undefined && inside,
      parent: inside ? fileOf(node) : undefined,
      sizeBytes: file?.sizeBytes ?? 0
    })
    if (reason?.from !== undefined) {
      edges.push({
        from: reason.from,
        to: node,
        kind: reason.kind,
        because: reason.because,
        location: place(reason.location)
      })
    }
  }
  for (const file of prepared.files) {
    add(file.node)
    for (const node of file.declarations) add(node)
  }
  for (const node of prepared.reasons.keys()) add(node)
  for (const { name, requiredBy } of prepared.dependencies) {
    const to = `npm:${name}`
    add(to)
    const parent = packageNames(requiredBy).at(-1)
    if (parent !== undefined) {
      edges.push({
        from: `npm:${parent}`,
        to,
        kind: "npm",
        because: `${parent} depends on it`,
        location: undefined
      })
    }
  }
  for (const { from } of edges) add(from)
  return { nodes: [...nodes.values()], edges: edges.filter(({ from, to }) => nodes.has(from) && nodes.has(to)) }
}

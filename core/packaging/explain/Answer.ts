/**
 * Why something is in a package, or why not.
 */
import type { Diagnostic } from "../../diagnostics/Diagnostic.ts"
import { chain, type Decision, type NodeId, type Reason } from "../../modules/Reason.ts"
import type { PreparedDependency, PreparedPackage } from "../PreparedPackage.ts"
import type { SourceLocation } from "../../diagnostics/SourceLocation.ts"
import type { Subject } from "./Subject.ts"

/** One step from the function towards the subject. */
export interface Step {
  readonly node: string
  readonly kind: Reason["kind"] | "npm"
  readonly because: string
  readonly location: SourceLocation | undefined
}

export interface Answer {
  readonly subject: string
  readonly kind: Subject["kind"]
  readonly inPackage: boolean
  /** From the function to the subject. */
  readonly steps: ReadonlyArray<Step>
  /** What the analysis decided about it, or about statements of this file. */
  readonly decisions: ReadonlyArray<Decision>
  /** What of this file goes along. */
  readonly declarations: ReadonlyArray<Step>
}

const because = (reason: Reason): string =>
  reason.kind === "entry" && reason.because.includes("asked for") ? "the function that was asked for" : reason.because

export const stepOf = (node: NodeId, reason: Reason): Step => ({
  node: node.replace(/^npm:/, ""),
  kind: reason.kind,
  because: because(reason),
  location: reason.location
})

const stepsTo = (prepared: PreparedPackage, node: NodeId): ReadonlyArray<Step> =>
  chain(prepared.reasons, node).map(([each, reason]) => stepOf(each, reason)).reverse()

/** `a > b` of `node_modules/a/node_modules/b`. */
export const packageNames = (path: string): ReadonlyArray<string> =>
  path.split(/(?:^|\/)node_modules\//).filter((name) => name !== "")

/** The way to an npm package behind others. */
const dependencySteps = (prepared: PreparedPackage, dependency: PreparedDependency): ReadonlyArray<Step> => {
  const steps: Array<Step> = []
  const seen = new Set<PreparedDependency>()
  let current: PreparedDependency | undefined = dependency
  while (current !== undefined && current.requiredBy !== "" && !seen.has(current)) {
    seen.add(current)
    const parent = packageNames(current.requiredBy).at(-1)
    steps.unshift({
      node: `${current.name} ${current.version}`,
      kind: "npm",
      because: `${parent} depends on it`,
      location: undefined
    })
    current = prepared.dependencies.find(({ name }) => name === parent)
  }
  return [...stepsTo(prepared, `npm:${current?.name ?? dependency.name}`), ...steps]
}

/** Why `subject` is there, or is not. */
export const answer = (prepared: PreparedPackage, subject: Subject): Answer => {
  const steps = subject.dependency === undefined
    ? stepsTo(prepared, subject.node)
    : dependencySteps(prepared, subject.dependency)
  const file = subject.kind === "file" ? prepared.files.find(({ node }) => node === subject.node) : undefined
  const decisions = prepared.decisions.filter(({ location, node }) =>
    node === subject.node || (subject.kind === "file" && location.file === subject.name)
  )
  const dropped = subject.kind === "declaration" && decisions.some(({ verdict }) => verdict === "dropped")
  return {
    subject: subject.name,
    kind: subject.kind,
    inPackage: !dropped,
    steps: dropped ? [] : steps,
    decisions,
    declarations: (file?.declarations ?? []).map((node): Step => {
      const reason = prepared.reasons.get(node)
      return reason === undefined
        ? { node, kind: "reference", because: "", location: undefined }
        : stepOf(node, reason)
    })
  }
}

const decisionJson = ({ doubt, location, node, verdict, why }: Decision) => ({
  node,
  verdict,
  doubt,
  why,
  location: { ...location }
})

const stepJson = ({ because, kind, location, node }: Step) => ({
  node,
  kind,
  because,
  ...(location === undefined ? {} : { location: { ...location } })
})

/** {@link Answer} as JSON. */
export const answerJson = ({ declarations, decisions, inPackage, kind, steps, subject }: Answer) => ({
  subject,
  kind,
  inPackage,
  chain: steps.map(stepJson),
  declarations: declarations.map(stepJson),
  decisions: decisions.map(decisionJson)
})

const diagnosticJson = ({ code, location, remedy, severity, what, why }: Diagnostic) => ({
  severity,
  code,
  what,
  ...(location === undefined ? {} : { location: { ...location } }),
  ...(why === undefined ? {} : { why }),
  ...(remedy === undefined ? {} : { remedy })
})

/** Everything as JSON: files with declarations, each with its chain from the function. */
export const everythingJson = (prepared: PreparedPackage) => ({
  functionName: prepared.functionName,
  root: prepared.root.directory,
  files: prepared.files.map((file) => ({
    path: file.path,
    ...(file.source === undefined ? {} : { source: file.source }),
    sizeBytes: file.sizeBytes,
    chain: stepsTo(prepared, file.node).map(stepJson),
    declarations: file.declarations.map((node) => ({ node, chain: stepsTo(prepared, node).map(stepJson) }))
  })),
  dependencies: prepared.dependencies.map((dependency) => ({
    ...dependency,
    chain: dependencySteps(prepared, dependency).map(stepJson)
  })),
  decisions: prepared.decisions.map(decisionJson),
  diagnostics: prepared.diagnostics.map(diagnosticJson)
})

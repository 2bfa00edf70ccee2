/**
 * Why something is in a package, or why not.
 */
import type { Diagnostic } from "../../../core/Diagnostic.ts"
import { chain, type Decision, type NodeId, type Reason } from "../../../core/graph/Reason.ts"
import type { PreparedDependency, PreparedFile, PreparedPackage } from "../../../core/package/PreparedPackage.ts"
import * as NearName from "../../../core/resolve/NearName.ts"
import type { SourceLocation } from "../../../core/SourceLocation.ts"
import type { Explained } from "./failure.ts"
import type { Style } from "./Style.ts"
import { count, size, table, visible } from "./Text.ts"

/** `name` of `file#name`, `line 12` of `file:12`, the whole of anything else. */
export const bareName = (node: NodeId): string => {
  const hash = node.lastIndexOf("#")
  if (hash >= 0) return node.slice(hash + 1)
  const line = /:(\d+)$/.exec(node)?.[1]
  return line === undefined || node.startsWith("npm:") ? node : `line ${line}`
}

/** One thing of a package that can be asked for. */
export interface Subject {
  readonly kind: "file" | "declaration" | "package"
  /** As it is shown. */
  readonly name: string
  /** Where its chain of reasons starts; `undefined` for an npm package behind another one. */
  readonly node: NodeId
  readonly dependency?: PreparedDependency
  /** What people may call it: in full, and in short. */
  readonly full: ReadonlyArray<string>
  readonly short: ReadonlyArray<string>
}

const suffixes = (path: string): ReadonlyArray<string> => {
  const parts = path.split("/")
  return parts.map((_, index) => parts.slice(index).join("/"))
}

/** Everything that can be asked for, what was decided on included. */
const subjectsOf = (prepared: PreparedPackage): ReadonlyArray<Subject> => {
  const subjects = new Map<string, Subject>()
  const add = (subject: Subject): void => {
    const key = `${subject.kind} ${subject.name}`
    if (!subjects.has(key)) subjects.set(key, subject)
  }
  const addNode = (node: NodeId): void => {
    if (node.startsWith("npm:")) return
    const [, file = node, rest = ""] = /^(.*?)(#[^#]*|:\d+)?$/.exec(node) ?? []
    if (rest === "") return
    add({
      kind: "declaration",
      name: node,
      node,
      full: [node],
      short: [...(rest.startsWith("#") ? [rest.slice(1), rest] : []), ...suffixes(file).map((suffix) => suffix + rest)]
    })
  }
  for (const file of prepared.files) {
    const name = file.source ?? file.path
    add({
      kind: "file",
      name,
      node: file.node,
      full: [name, file.path, file.node],
      short: [...suffixes(name), ...suffixes(file.path)]
    })
    for (const node of file.declarations) addNode(node)
  }
  for (const node of prepared.reasons.keys()) addNode(node)
  for (const { node } of prepared.decisions) addNode(node)
  for (const dependency of prepared.dependencies) {
    const { name, requiredBy, version } = dependency
    add({
      kind: "package",
      name: `${name} ${version}`,
      node: `npm:${name}`,
      ...(requiredBy === "" ? {} : { dependency }),
      full: [name, `${name}@${version}`, `npm:${name}`],
      short: []
    })
  }
  return [...subjects.values()]
}

/** What `text` may mean: what is called so in full, else what is called so in short. */
export const findSubjects = (prepared: PreparedPackage, text: string): ReadonlyArray<Subject> => {
  const wanted = text.replace(/^\.\//, "")
  const subjects = subjectsOf(prepared)
  const full = subjects.filter((subject) => subject.full.includes(wanted))
  return full.length > 0 ? full : subjects.filter((subject) => subject.short.includes(wanted))
}

/** The error of a text that means nothing, or several things. */
export const notOne = (prepared: PreparedPackage, text: string, found: ReadonlyArray<Subject>): Explained => {
  if (found.length > 1) {
    return {
      _tag: "UsageError",
      what: `${JSON.stringify(text)} may mean ${count(found.length, "thing")}:`,
      why: found.map(({ name }) => name).join("\n"),
      remedy: "Write one of these in full."
    }
  }
  const near = NearName.near(text, subjectsOf(prepared).flatMap(({ full, short }) => [...full, ...short]))
  return {
    _tag: "NotFoundInPackage",
    what: `${JSON.stringify(text)} is not in the package of ${prepared.functionName}`,
    why: "Nothing that the function reaches needs it.",
    remedy: near.length > 0
      ? `Did you mean ${near.map((name) => `\`${name}\``).join(" or ")}?`
      : "`--keep` takes a statement along, `--include` a data file. Without this argument, `explain` shows all that is there."
  }
}

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

const stepOf = (node: NodeId, reason: Reason): Step => ({
  node: node.replace(/^npm:/, ""),
  kind: reason.kind,
  because: because(reason),
  location: reason.location
})

const stepsTo = (prepared: PreparedPackage, node: NodeId): ReadonlyArray<Step> =>
  chain(prepared.reasons, node).map(([each, reason]) => stepOf(each, reason)).reverse()

/** `a > b` of `node_modules/a/node_modules/b`. */
const packageNames = (path: string): ReadonlyArray<string> =>
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

const at = (location: SourceLocation | undefined, style: Style): string =>
  location === undefined ? "" : style.cyan(visible(location.toString()))

const decisionLines = (decisions: ReadonlyArray<Decision>, style: Style): ReadonlyArray<string> => {
  const group = (title: string, members: ReadonlyArray<Decision>): ReadonlyArray<string> =>
    members.length === 0 ? [] : [
      "",
      style.bold(title),
      ...table(members.map(({ location, node, why }) => {
        const name = /#/.test(node) ? bareName(node) : ""
        return [at(location, style), visible(name), visible(why)]
      }))
    ]
  return [
    ...group("Left out", decisions.filter(({ verdict }) => verdict === "dropped")),
    ...group("Kept by doubt", decisions.filter(({ doubt, verdict }) => verdict === "kept" && doubt)),
    ...group("Kept", decisions.filter(({ doubt, verdict }) => verdict === "kept" && !doubt))
  ]
}

/** What `clustrix explain FILE#NAME WHAT` prints. */
export const answerLines = (answer: Answer, style: Style): ReadonlyArray<string> => [
  `${style.bold(visible(answer.subject))} is ${
    answer.inPackage ? style.green("in") : style.yellow("not in")
  } the package`,
  ...(answer.steps.length === 0 ? [] : [
    "",
    ...table(answer.steps.map(({ because, location, node }, depth) => [
      `${depth === 0 ? "" : `${"   ".repeat(depth - 1)}└─ `}${visible(node)}`,
      style.dim(visible(because)),
      at(location, style)
    ]))
  ]),
  ...(answer.declarations.length === 0 ? [] : [
    "",
    style.bold("What of it goes along"),
    ...stepTable(answer.declarations, style)
  ]),
  ...decisionLines(answer.decisions, style)
]

const stepTable = (steps: ReadonlyArray<Step>, style: Style): ReadonlyArray<string> =>
  table(
    steps.map((
      { because, location, node }
    ) => [visible(bareName(node)), style.dim(visible(because)), at(location, style)])
  )

/** What `clustrix explain FILE#NAME` prints. */
export const everythingLines = (prepared: PreparedPackage, style: Style): ReadonlyArray<string> => {
  const nodeSteps = (nodes: ReadonlyArray<NodeId>): ReadonlyArray<Step> =>
    nodes.map((node) => {
      const reason = prepared.reasons.get(node)
      return reason === undefined ? { node, kind: "reference", because: "", location: undefined } : stepOf(node, reason)
    })
  const sources = prepared.files.filter(({ source }) => source !== undefined)
  const isEntry = ({ node }: PreparedFile): number => prepared.reasons.get(node)?.kind === "entry" ? 0 : 1
  const code = sources.filter(({ declarations }) => declarations.length > 0).sort((a, b) => isEntry(a) - isEntry(b))
  const others = sources.filter(({ declarations }) => declarations.length === 0)
  const own = prepared.files.filter(({ source }) => source === undefined)
  const total = prepared.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const section = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
    lines.length === 0 ? [] : ["", style.bold(title), ...lines]
  return [
    `${style.bold(visible(prepared.functionName))}  ${count(prepared.files.length, "file")}, ${size(total)}, below ${
      visible(prepared.root.directory)
    }`,
    ...code.flatMap((file) => [
      "",
      `${style.bold(visible(file.source ?? file.path))}  ${style.dim(size(file.sizeBytes))}`,
      ...stepTable(nodeSteps(file.declarations), style)
    ]),
    ...section(
      "Other files",
      table(
        others.map((file) => {
          const [step] = nodeSteps([file.node])
          return [
            visible(file.source ?? file.path),
            size(file.sizeBytes),
            style.dim(visible(step?.because ?? "")),
            at(step?.location, style)
          ]
        }),
        { right: [1] }
      )
    ),
    ...section(
      "npm packages",
      table(prepared.dependencies.map(({ name, requiredBy, version }) => {
        const reason = prepared.reasons.get(`npm:${name}`)
        const direct = requiredBy === "" && reason !== undefined
        return [
          visible(`${name} ${version}`),
          style.dim(visible(direct ? reason.because : `${packageNames(requiredBy).join(" > ")} depends on it`)),
          direct ? at(reason.location, style) : ""
        ]
      }))
    ),
    ...section(
      "Added by Clustrix",
      table(
        own.map((file) => {
          const [step] = nodeSteps([file.node])
          return [visible(file.path), size(file.sizeBytes), style.dim(visible(step?.because ?? ""))]
        }),
        { right: [1] }
      )
    ),
    ...decisionLines(prepared.decisions, style)
  ]
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

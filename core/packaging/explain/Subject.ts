/**
 * What of a package can be asked for, and by which names.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Explanation from "../../diagnostics/Explanation.ts"
import * as Quotation from "../../diagnostics/Quotation.ts"
import type { NodeId } from "../../modules/Reason.ts"
import { isVendored } from "../../npm/VendorDirectory.ts"
import type { PreparedDependency, PreparedPackage } from "../PreparedPackage.ts"
import * as NearName from "../../diagnostics/NearName.ts"

/** What was asked for is not there, or may be several things. */
export class NotExplainedError extends Schema.TaggedError<NotExplainedError>()("NotExplainedError", {
  reason: Schema.Literal("NotFound", "Ambiguous"),
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

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
      short: [
        ...(rest.startsWith("#") ? [rest.slice(1), rest, rest.slice(rest.lastIndexOf(".") + 1)] : []),
        ...suffixes(file).map((suffix) => suffix + rest)
      ]
    })
  }
  for (const file of prepared.files) {
    const name = file.source ?? file.path
    add({
      kind: "file",
      name,
      node: file.node,
      full: [name, file.path, file.node],
      // Nobody means one of a thousand files by its last part
      short: isVendored(file.path) ? [] : [...suffixes(name), ...suffixes(file.path)]
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

/** The one thing that `text` means. */
export const findSubject = (prepared: PreparedPackage, text: string): Effect.Effect<Subject, NotExplainedError> => {
  const found = findSubjects(prepared, text)
  const [first] = found
  return first === undefined || found.length > 1 ? notOne(prepared, text, found) : Effect.succeed(first)
}

/** The error of a text that means nothing, or several things. */
export const notOne = (
  prepared: PreparedPackage,
  text: string,
  found: ReadonlyArray<Subject>
): NotExplainedError => {
  if (found.length > 1) {
    return new NotExplainedError({
      reason: "Ambiguous",
      what: `${Quotation.quoted(text)} may mean ${found.length} things:`,
      why: found.map(({ name }) => name).join("\n"),
      remedy: "Write one of these in full."
    })
  }
  const near = NearName.near(text, subjectsOf(prepared).flatMap(({ full, short }) => [...full, ...short]))
  return new NotExplainedError({
    reason: "NotFound",
    what: `${Quotation.quoted(text)} is not in the package of ${prepared.functionName}`,
    why: "Nothing that the function reaches needs it.",
    remedy: near.length > 0
      ? `Did you mean ${near.map((name) => `\`${name}\``).join(" or ")}?`
      : "The option `keep` takes a statement along, `include` a data file. Asked for nothing, `explain` shows all that is there."
  })
}

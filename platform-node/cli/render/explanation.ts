/**
 * What `clustrix explain` prints for people.
 */
import { type Answer, packageNames, type Step, stepOf } from "../../../core/packaging/explain/Answer.ts"
import { bareName } from "../../../core/packaging/explain/Subject.ts"
import type { Decision, NodeId } from "../../../core/modules/Reason.ts"
import type { PreparedFile, PreparedPackage } from "../../../core/packaging/PreparedPackage.ts"
import type { SourceLocation } from "../../../core/diagnostics/SourceLocation.ts"
import type { Style } from "./Style.ts"
import { count, size, table, visible } from "./Text.ts"
import { splitVendored, vendoredRows } from "./vendoredFiles.ts"

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
  const [ours, vendored] = splitVendored(prepared.files)
  const sources = ours.filter(({ source }) => source !== undefined)
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
      table([
        ...prepared.dependencies.map(({ name, requiredBy, version }) => {
          const reason = prepared.reasons.get(`npm:${name}`)
          const direct = requiredBy === "" && reason !== undefined
          return [
            visible(`${name} ${version}`),
            style.dim(visible(direct ? reason.because : `${packageNames(requiredBy).join(" > ")} depends on it`)),
            direct ? at(reason.location, style) : ""
          ]
        }),
        ...vendoredRows(vendored, style)
      ])
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

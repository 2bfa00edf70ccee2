/**
 * What makes two packages differ.
 */
import type { PackageDiff } from "../../../core/archive/DiffPackages.ts"
import type { Style } from "./Style.ts"
import { count, size, table, visible } from "./Text.ts"

const show = (value: unknown): string => value === undefined ? "(absent)" : JSON.stringify(value)

/** What `clustrix diff` prints. */
export const differenceLines = (diff: PackageDiff, style: Style): ReadonlyArray<string> => {
  if (diff.equal) return [`${style.green("=")} The packages are equal: ${diff.before.digest}`]
  const parts = [
    ...(diff.values.length === 0 ? [] : [count(diff.values.length, "setting")]),
    ...(diff.changed.length === 0 ? [] : [`${count(diff.changed.length, "file")} changed`]),
    ...(diff.added.length === 0 ? [] : [`${diff.added.length} added`]),
    ...(diff.removed.length === 0 ? [] : [`${diff.removed.length} removed`])
  ]
  const colour = (line: string): string =>
    line.startsWith("+") ? style.green(line) : line.startsWith("-") ? style.red(line) : style.dim(line)
  return [
    `${style.bold("The packages differ")}: ${parts.join(", ")}`,
    "",
    ...table([
      [style.red("-"), diff.before.digest.slice(0, 16), visible(diff.before.name)],
      [style.green("+"), diff.after.digest.slice(0, 16), visible(diff.after.name)]
    ]),
    ...diff.values.flatMap(({ after, before, path }) => [
      "",
      style.bold(visible(path)),
      `  ${style.red(`- ${visible(show(before))}`)}`,
      `  ${style.green(`+ ${visible(show(after))}`)}`
    ]),
    ...(diff.removed.length + diff.added.length === 0 ? [] : [
      "",
      ...table([
        ...diff.removed.map((entry) => [style.red("- removed"), size(entry.size), visible(entry.path)]),
        ...diff.added.map((entry) => [style.green("+ added"), size(entry.size), visible(entry.path)])
      ], { right: [1] })
    ]),
    ...diff.changed.flatMap(({ after, before, hunks, path }) => [
      "",
      `${style.bold(visible(path))}  ${style.dim(`${size(before.size)} → ${size(after.size)}`)}${
        before.mode === after.mode ? "" : `  mode ${before.mode} → ${after.mode}`
      }`,
      ...(hunks === undefined ? ["  (not text, or too large to compare line by line)"] : []),
      ...(hunks ?? []).flatMap((hunk) => [
        `  ${style.cyan(`@@ line ${hunk.beforeLine} → ${hunk.afterLine} @@`)}`,
        ...hunk.lines.map((line) => `  ${colour(visible(line))}`)
      ])
    ])
  ]
}

/**
 * What makes the IDs of two packages differ.
 */
import { structuredPatch } from "diff"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import type * as Manifest from "./Manifest.ts"
import * as CanonicalJson from "./CanonicalJson.ts"
import type { OpenPackage } from "./OpenPackage.ts"
import type { PackageFormatError } from "./PackageFormatError.ts"
import type { PackageReadError } from "./RandomAccess.ts"

/** A value of the manifest: `path` is where, as `options.include[0]`; a side without it is `undefined`. */
export interface ValueChange {
  readonly path: string
  readonly before: CanonicalJson.Json | undefined
  readonly after: CanonicalJson.Json | undefined
}

/** Lines `before` and `after` from these line numbers (from 1); each line begins with ` `, `-` or `+`. */
export interface Hunk {
  readonly beforeLine: number
  readonly afterLine: number
  readonly lines: ReadonlyArray<string>
}

export interface EntryChange {
  readonly path: string
  readonly before: Manifest.Entry
  readonly after: Manifest.Entry
  /** `undefined` for binary files and for files above {@link textBytes}. */
  readonly hunks: ReadonlyArray<Hunk> | undefined
}

export interface PackageDiff {
  readonly before: { readonly name: string; readonly digest: string }
  readonly after: { readonly name: string; readonly digest: string }
  /** Whether the packages are one: then all the lists are empty. */
  readonly equal: boolean
  /** Format version, entry function and packaging options. */
  readonly values: ReadonlyArray<ValueChange>
  readonly added: ReadonlyArray<Manifest.Entry>
  readonly removed: ReadonlyArray<Manifest.Entry>
  readonly changed: ReadonlyArray<EntryChange>
}

/** Lines are compared in files of at most this many bytes. */
export const textBytes = 1_048_576

const isObject = (value: CanonicalJson.Json | undefined): value is { readonly [key: string]: CanonicalJson.Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const identifier = /^[A-Za-z_$][A-Za-z0-9_$]*$/

const compare = (
  path: string,
  before: CanonicalJson.Json | undefined,
  after: CanonicalJson.Json | undefined
): ReadonlyArray<ValueChange> => {
  if (before !== undefined && after !== undefined && CanonicalJson.encode(before) === CanonicalJson.encode(after)) {
    return []
  }
  if (isObject(before) && isObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(Order.string).flatMap((key) =>
      compare(identifier.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`, before[key], after[key])
    )
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }).flatMap((_, index) =>
      compare(`${path}[${index}]`, before[index], after[index])
    )
  }
  return before === undefined && after === undefined ? [] : [{ path, before, after }]
}

const decoder = new TextDecoder("utf-8", { fatal: true })

const asText = (bytes: Uint8Array): string | undefined => {
  if (bytes.includes(0)) return undefined
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

const hunks = (a: OpenPackage, b: OpenPackage, before: Manifest.Entry, after: Manifest.Entry) =>
  Effect.gen(function*() {
    if (Math.max(before.size, after.size) > textBytes) return undefined
    const [textA, textB] = [asText(yield* a.read(before.path)), asText(yield* b.read(after.path))]
    if (textA === undefined || textB === undefined) return undefined
    // Two files without a common line would cost a second and more, and tell nothing.
    const patch = structuredPatch(before.path, after.path, textA, textB, "", "", { context: 2, maxEditLength: 10_000 })
    return patch?.hunks.map((hunk): Hunk => ({
      beforeLine: hunk.oldStart,
      afterLine: hunk.newStart,
      lines: hunk.lines
    }))
  })

/** What differs from `a` to `b`. */
export const diffPackages = (
  a: OpenPackage,
  b: OpenPackage
): Effect.Effect<PackageDiff, PackageFormatError | PackageReadError> =>
  Effect.gen(function*() {
    const [entriesA, entriesB] = [a, b].map(({ manifest }) =>
      new Map(manifest.entries.map((entry) => [entry.path, entry]))
    )
    const changed: Array<EntryChange> = []
    for (const before of a.manifest.entries) {
      const after = entriesB?.get(before.path)
      if (after === undefined || (after.sha256 === before.sha256 && after.mode === before.mode)) continue
      changed.push({ path: before.path, before, after, hunks: yield* hunks(a, b, before, after) })
    }
    return {
      before: { name: a.name, digest: a.digest },
      after: { name: b.name, digest: b.digest },
      equal: a.digest === b.digest,
      values: [
        ...compare("formatVersion", a.manifest.formatVersion, b.manifest.formatVersion),
        ...compare("entry", a.manifest.entry, b.manifest.entry),
        ...compare("options", a.manifest.options, b.manifest.options)
      ],
      added: b.manifest.entries.filter((entry) => entriesA?.has(entry.path) !== true),
      removed: a.manifest.entries.filter((entry) => entriesB?.has(entry.path) !== true),
      changed
    }
  })

const show = (value: CanonicalJson.Json | undefined): string => value === undefined ? "(absent)" : JSON.stringify(value)

/** The difference for people, in the manner of `diff -u`. */
export const render = (diff: PackageDiff): string => {
  if (diff.equal) return `The packages are equal: ${diff.before.digest}\n`
  const lines = [
    `--- ${diff.before.name} (${diff.before.digest})`,
    `+++ ${diff.after.name} (${diff.after.digest})`,
    ...diff.values.map(({ after, before, path }) => `${path}: ${show(before)} -> ${show(after)}`),
    ...diff.removed.map((entry) => `removed: ${entry.path} (${entry.size} bytes)`),
    ...diff.added.map((entry) => `added: ${entry.path} (${entry.size} bytes)`),
    ...diff.changed.flatMap(({ after, before, hunks, path }) => [
      `changed: ${path} (${before.size} -> ${after.size} bytes${
        before.mode === after.mode ? "" : `, mode ${before.mode} -> ${after.mode}`
      })`,
      ...(hunks ?? []).flatMap((hunk) => [
        `  @@ line ${hunk.beforeLine} -> ${hunk.afterLine} @@`,
        ...hunk.lines.map((line) => `  ${line}`)
      ])
    ])
  ]
  return `${lines.join("\n")}\n`
}

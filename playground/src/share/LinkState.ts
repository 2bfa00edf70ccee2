/**
 * The state that a link or a project's file holds, and its forms: JSON, and in a link `#1.` with base64url of deflated JSON.
 * `#2.` is that of a project which differs little from an example: the example's name, and what is other than there.
 */
import { deflateSync, Inflate } from "fflate"
import * as v from "valibot"
import * as BoundedJson from "../../../core/archive/BoundedJson.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import * as Paths from "../project/Paths.ts"
import { base64, bytesOf, type Content } from "./Content.ts"

/** What a link may grow to when it is read, in bytes. */
const largestState = 33_554_432

const limits: BoundedJson.Limits = {
  bytes: largestState,
  depth: 16,
  elements: 100_000,
  stringBytes: largestState
}

const AnyContent = v.union([v.string(), v.object({ base64: v.string() })])

const isContent = (value: unknown): value is Content => v.is(AnyContent, value)

type ByPath<C> = Readonly<Record<string, C>>
type Pairs<C> = ReadonlyArray<readonly [path: string, content: C]>

/**
 * Contents by path, or as pairs where a file is named `__proto__`, which JSON from elsewhere may not have as a key. Not
 * valibot's record, which drops the paths `constructor`, `prototype` and `__proto__`.
 */
const contents = <C>(isEach: (value: unknown) => value is C) => {
  const isPair = (value: unknown): boolean =>
    Array.isArray(value) && value.length === 2 && typeof value[0] === "string" && isEach(value[1])
  return v.pipe(
    v.custom<ByPath<C> | Pairs<C>>((value) =>
      typeof value === "object" && value !== null &&
      (Array.isArray(value) ? value.every(isPair) : Object.values(value).every(isEach))
    ),
    v.transform((value): ByPath<C> => isPairs(value) ? Object.fromEntries(value) : value)
  )
}

const isPairs = <C>(value: ByPath<C> | Pairs<C>): value is Pairs<C> => Array.isArray(value)

const written = <C>(byPath: ByPath<C>): ByPath<C> | Pairs<C> =>
  Object.hasOwn(byPath, "__proto__") ? Object.entries(byPath) : byPath

const Files = contents(isContent)
const Changes = contents((value): value is Content | null => value === null || isContent(value))

const Names = v.optional(v.pipe(v.array(v.string()), v.readonly()))

/** Packaging options. The packager checks what they hold. */
const Options = v.object({
  include: Names,
  dependencies: v.optional(v.picklist(["install", "vendor", "assume"])),
  keep: Names,
  drop: Names,
  unknownPaths: v.optional(v.picklist(["report", "directory"])),
  maxFileSizeBytes: v.optional(v.number()),
  workingDirectory: v.optional(v.string())
})

const shared = {
  name: v.optional(v.pipe(v.string(), v.maxLength(200))),
  entry: v.string(),
  open: v.string(),
  args: v.string(),
  inputs: v.optional(v.string()),
  options: v.optional(Options),
  tab: v.optional(v.string()),
  /** The selected node of the graph. */
  node: v.optional(v.string()),
  /** The pinned package: what its project has other than this one, `null` for a file that it has not. */
  pin: v.optional(v.object({
    digest: v.string(),
    entry: v.string(),
    options: v.optional(Options),
    files: Changes
  }))
}

const WholeState = v.object({ ...shared, files: Files })
const ChangedState = v.object({
  ...shared,
  /** `digest`: of the example's files, which another version of the page may have changed. */
  example: v.object({ name: v.string(), digest: v.string() }),
  /** `null` for a file of the example that is gone. */
  changes: Changes
})

export type WholeState = v.InferOutput<typeof WholeState>
export type ChangedState = v.InferOutput<typeof ChangedState>
export type LinkState = WholeState | ChangedState

/** The JSON of a state. */
export const stringify = (state: LinkState): string =>
  JSON.stringify({
    ...state,
    ...("files" in state ? { files: written(state.files) } : { changes: written(state.changes) }),
    ...(state.pin === undefined ? {} : { pin: { ...state.pin, files: written(state.pin.files) } })
  })

/** The fragment of a state. */
export const encode = (state: LinkState): string =>
  `#${"example" in state ? 2 : 1}.${
    base64(deflateSync(new TextEncoder().encode(stringify(state)), { level: 9 }))
      .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")
  }`

/** Stops where a small link would become a large text. Throws on damage. */
const inflate = (bytes: Uint8Array): string => {
  const parts: Array<Uint8Array> = []
  let size = 0
  let complete = false
  const stream = new Inflate((part, last) => {
    size += part.length
    if (size > largestState) throw new Error("it holds too much")
    parts.push(part)
    complete ||= last
  })
  for (let at = 0; at < bytes.length; at += 1024) stream.push(bytes.subarray(at, at + 1024), at + 1024 >= bytes.length)
  if (!complete) throw new Error("its end is missing")
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(whole)
}

/** Throws what is wrong with the paths. */
const checked = <S extends LinkState>(state: S): S => {
  const own = Object.keys("files" in state ? state.files : state.changes)
  const wrong = Paths.fault(own) ?? Paths.fault(Object.keys(state.pin?.files ?? {}))
  if (wrong !== undefined) throw new Error(wrong)
  return state
}

/** The state of a project's file; throws what is wrong with the text. */
export const parse = (text: string): WholeState => {
  const parsed = v.safeParse(WholeState, BoundedJson.parse(text, limits))
  if (!parsed.success) throw new Error("what it holds is no project")
  return checked(parsed.output)
}

/** The state of a link; throws what is wrong with the fragment. */
export const decode = (fragment: string): LinkState => {
  const [, version, body] = /^#(\d+)\.([\w-]*)$/.exec(fragment) ?? []
  if (version === undefined || body === undefined) throw new Error("it has not the form of one")
  if (version !== "1" && version !== "2") {
    throw new Error(`it has version ${Quotation.plain(version, 20)}, and this page knows versions 1 and 2`)
  }
  const text = inflate(bytesOf(body.replaceAll("-", "+").replaceAll("_", "/")))
  if (version === "1") return parse(text)
  const parsed = v.safeParse(ChangedState, BoundedJson.parse(text, limits))
  if (!parsed.success) throw new Error("what it holds is no project")
  return checked(parsed.output)
}

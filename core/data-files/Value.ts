/**
 * What a folded expression may be when it runs: values as far as they are known.
 */
import type * as Fold from "./Fold.ts"
import * as PathText from "./PathText.ts"

/**
 * What a text that holds a path begins with. `module`: the place of a module; `working-directory`: `process.cwd()`;
 * `package`: a file of an npm package, the text is `/` and the specifier; `machine`: a directory of the machine
 * (`os.tmpdir()`), the text is `/` and the call. Without an anchor the text is what the source spells out.
 */
export type Anchor = "module" | "working-directory" | "package" | "machine"

/** Why something is not known. `start` is an offset in the module at `module`; without it the reference's own place serves. */
export interface Reason {
  readonly text: string
  readonly module: string
  readonly start?: number
  /** It is found by a cluster file system function when the job runs: nothing to package, nothing to warn of. */
  readonly atRunTime?: true
  /** It is one of the names that a function gave which lists a directory or a pattern: what it lists is packaged for itself. */
  readonly listed?: true
  /** It is this argument of the packaged function: whoever calls it decides. */
  readonly argument?: string
}

export interface Text {
  readonly _tag: "Text"
  readonly text: string
  readonly anchor: Anchor | undefined
  /** Why the text's holes are not known. */
  readonly reasons: ReadonlyArray<Reason>
}

/** A value that is computed when it is asked for: all alternatives. */
export type Thunk = () => ReadonlyArray<Value>

/** The arguments of the calls that are being followed, by function. */
export type Frames = ReadonlyMap<string, ReadonlyArray<Thunk>>

/** Where a fold is evaluated. `module` is the absolute path of the module. */
export interface Context {
  readonly module: string
  readonly frames: Frames
}

export interface FunctionValue {
  readonly _tag: "Function"
  readonly id: Fold.FunctionId
  readonly name: string
  readonly returns: Fold.Fold | undefined
  readonly context: Context
}

export interface ClassValue {
  readonly _tag: "Class"
  readonly fold: Extract<Fold.Fold, { readonly _tag: "Class" }>
  readonly context: Context
}

/** A function or a module that the tables know by `name`; `base` is the module that a made `require` belongs to. */
export interface Known {
  readonly _tag: "Known"
  readonly name: string
  readonly base: Text | undefined
}

export interface ArrayValue {
  readonly _tag: "Array"
  readonly elements: ReadonlyArray<Thunk>
  /** Whether `elements` are in their places and complete. Otherwise they only say what may be an element. */
  readonly exact: boolean
}

export interface ObjectValue {
  readonly _tag: "Object"
  readonly entries: ReadonlyMap<string, Thunk>
  readonly open: boolean
}

export type Value =
  | Text
  /** A `file:` URL, or its text. */
  | { readonly _tag: "Url"; readonly path: Text }
  /** A URL of another scheme, or its text. */
  | { readonly _tag: "Remote"; readonly href: string }
  | { readonly _tag: "Constant"; readonly value: number | boolean | null | undefined }
  | { readonly _tag: "Regex"; readonly pattern: string; readonly flags: string }
  | ArrayValue
  | ObjectValue
  | FunctionValue
  | ClassValue
  | Known
  | { readonly _tag: "Namespace"; readonly module: string }
  | { readonly _tag: "Unknown"; readonly reason: Reason }

export const text = (value: string, anchor?: Anchor, reasons: ReadonlyArray<Reason> = []): Text => ({
  _tag: "Text",
  text: value,
  anchor,
  reasons
})

export const url = (path: Text): Value => ({ _tag: "Url", path })
export const unknown = (reason: Reason): Value => ({ _tag: "Unknown", reason })
export const constant = (value: number | boolean | null | undefined): Value => ({ _tag: "Constant", value })
export const known = (name: string, base?: Text): Known => ({ _tag: "Known", name, base })
export const array = (elements: ReadonlyArray<Thunk>, exact: boolean): Value => ({ _tag: "Array", elements, exact })
export const object = (entries: ReadonlyMap<string, Thunk>, open = false): Value => ({ _tag: "Object", entries, open })

/** A text that holds a hole for `reason`. */
const holeFor = (reason: Reason): Text => text(PathText.hole, undefined, [reason])

/** The value as a part of a text; what is not known leaves a hole. */
export const toText = (self: Value, here: Reason): Text => {
  switch (self._tag) {
    case "Text":
      return self
    case "Constant":
      return text(String(self.value))
    case "Remote":
      return text(self.href)
    case "Unknown":
      return holeFor(self.reason)
    default:
      return holeFor(here)
  }
}

/** Equal keys, equal values; values without a key are compared by identity. */
export const keyOf = (self: Value): unknown => {
  switch (self._tag) {
    case "Text":
      return `Text ${self.anchor ?? ""} ${self.text}`
    case "Url":
      return `Url ${self.path.anchor ?? ""} ${self.path.text}`
    case "Remote":
      return `Remote ${self.href}`
    case "Constant":
      return `Constant ${String(self.value)}`
    case "Known":
      return `Known ${self.name} ${self.base?.text ?? ""}`
    case "Namespace":
      return `Namespace ${self.module}`
    case "Unknown":
      return `Unknown ${self.reason.text} ${self.reason.module} ${self.reason.start ?? ""}`
    default:
      return self
  }
}

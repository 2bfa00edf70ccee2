/**
 * What a file of configuration holds, whatever language it is written in.
 */
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { ConfigurationKey } from "./ConfigurationKey.ts"

export interface Scalar {
  readonly _tag: "Scalar"
  readonly value: string | number | boolean | null
  /** A number as it is spelt: `3.10` is another version than 3.1. */
  readonly spelling?: string | undefined
}

export interface List {
  readonly _tag: "List"
  readonly items: ReadonlyArray<FileValue>
}

export interface Member {
  readonly key: string
  /** Of the key. */
  readonly location: SourceLocation
  readonly value: FileValue
}

export interface Table {
  readonly _tag: "Table"
  readonly members: ReadonlyArray<Member>
}

export type FileValue = Scalar | List | Table

export const nothing: Scalar = { _tag: "Scalar", value: null }

export const isNothing = (value: FileValue): boolean => value._tag === "Scalar" && value.value === null

/** The value for `key`: where texts are wanted, numbers are texts. */
export const plain = (value: FileValue, key: ConfigurationKey): unknown => {
  switch (value._tag) {
    case "Scalar":
      return key.kinds.has("number") ? value.value : value.spelling ?? value.value
    case "List":
      return value.items.map((item) => plain(item, key))
    case "Table":
      return Object.fromEntries(value.members.map((member) => [member.key, plain(member.value, key)]))
  }
}

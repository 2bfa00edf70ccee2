/**
 * What was being written when the page ended: a browser drops transactions of a page that is gone. Texts of a moderate size are
 * left where writing takes no time, and written once more when a page starts.
 */
import * as v from "valibot"
import * as Storage from "../page/Storage.ts"
import type { Save } from "./ProjectStore.ts"

const prefix = "clustrix-unwritten-"

/** In UTF-16 code units; browsers keep some five million for a site. */
const longest = 1_000_000

/** As {@link leave} writes it; `null` is a file that is gone. */
const Words = v.object({
  record: v.custom<Save["record"]>((value) => typeof value === "object" && value !== null && "project" in value),
  files: v.array(v.tuple([v.string(), v.nullable(v.string())]))
})

/** Bytes were added by hand some time ago: they are written, or too many. */
const isText = (entry: readonly [string, string | Uint8Array | undefined]): entry is [string, string | undefined] =>
  typeof entry[1] !== "object"

/** Leaves what several saves of one project had to write; the latest counts. */
export const leave = (saves: ReadonlyArray<Save>): void => {
  const record = saves.at(-1)?.record
  if (record === undefined) return
  const files = new Map(saves.filter((each) => each.record.id === record.id).flatMap((each) => [...each.files]))
  const texts = [...files].filter(isText).map(([path, text]) => [path, text ?? null] as const)
  if (texts.reduce((sum, [, text]) => sum + (text?.length ?? 0), 0) > longest) return
  Storage.lasting.set(`${prefix}${record.id}`, JSON.stringify({ record, files: texts }))
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What pages that ended have left. */
export const found = (): ReadonlyArray<Save> =>
  Storage.lasting.keys().filter((key) => key.startsWith(prefix)).flatMap((key) => {
    const words = v.safeParse(Words, parsed(Storage.lasting.get(key) ?? ""))
    if (!words.success) {
      Storage.lasting.remove(key)
      return []
    }
    const { files, record } = words.output
    return [{ record, files: new Map(files.map(([path, text]) => [path, text ?? undefined])), pin: undefined }]
  })

export const forget = (id: string): void => Storage.lasting.remove(`${prefix}${id}`)

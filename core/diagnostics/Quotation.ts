/**
 * Text that others wrote, in our messages: short, and unable to move the cursor, to colour the screen or to turn the direction of
 * what stands around it.
 */

/** Code units of foreign text that a message quotes at most. */
export const mostCharacters = 200

/** Controls, marks of direction, separators of lines, what takes no space, and halves of surrogate pairs. */
const unprintable =
  // Matching them is the purpose.
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Surrogate}|[\u{e0000}-\u{e007f}]/gu

/** `text` with every character that is no visible one written as `\u{...}`. */
export const visible = (text: string): string =>
  text.replace(unprintable, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)

/** {@link visible}, but for line breaks and tabs: for texts of several lines that a program printed. */
export const visibleLines = (text: string): string =>
  text.replace(unprintable, (character) => character === "\n" || character === "\t" ? character : visible(character))

/** The beginning of `text`, as much as a message quotes; no character is cut in two. */
export const shortened = (text: string, most = mostCharacters): string => {
  if (text.length <= most) return text
  const end = /[\ud800-\udbff]/.test(text.charAt(most - 1)) ? most - 1 : most
  return `${text.slice(0, end)}…`
}

/** `text` as a message may hold it. */
export const plain = (text: string, most = mostCharacters): string => visible(shortened(text, most))

/** The same in double quotes, as JSON has it. */
export const quoted = (text: string, most = mostCharacters): string =>
  `"${visible(JSON.stringify(shortened(text, most)).slice(1, -1))}"`

/** `text` with each of its words as short as a quotation is: for sentences that hold names and paths of others. */
export const shortWords = (text: string): string => text.replace(/\S{201,}/g, (word) => shortened(word))

/** Names that a message lists. */
const mostNames = 50

/** Names in backticks, as many as anybody reads. */
export const listed = (names: ReadonlyArray<string>): string => {
  const told = names.slice(0, mostNames).map((name) => `\`${plain(name)}\``).join(", ")
  return names.length > mostNames ? `${told} and ${names.length - mostNames} more` : told
}

/** The last lines that a program printed, each as {@link plain}. */
export const lastLines = (text: string, most = 5): string =>
  text.trimEnd().slice(-most * 4 * mostCharacters).split("\n").slice(-most).map((line) => plain(line.trimEnd()))
    .join("\n")

/** `value` as JSON, with nothing in it that a terminal obeys: its text means the same and shows what it holds. */
export const json = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(
    unprintable,
    (character) =>
      character === "\n" ? character : [...character].flatMap((each) => each.split("")).map((unit) =>
        `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
      ).join("")
  )

/** The most of each part of a message, in code units: texts that programs throw are shown as they are, and none fills a screen for ever. */
const most = { what: 2_000, why: 20_000, remedy: 2_000 } as const

const part = (text: string, name: keyof typeof most): string => visibleLines(shortened(text, most[name]))

/** What a message says, by its parts. */
interface Explained {
  readonly what: string
  readonly why?: string | undefined
  readonly remedy?: string | undefined
}

/** The parts as they may be shown: whatever foreign text they hold, it moves no cursor and turns no line around. */
export const explained = <A extends Explained>(self: A): A => ({
  ...self,
  what: part(self.what, "what"),
  ...(self.why === undefined ? {} : { why: part(self.why, "why") }),
  ...(self.remedy === undefined ? {} : { remedy: part(self.remedy, "remedy") })
})

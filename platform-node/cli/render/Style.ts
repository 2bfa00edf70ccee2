/**
 * Colours, where they are wanted.
 */

export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly cyan: (text: string) => string
}

const same = (text: string): string => text

/** No colours at all. */
export const plain: Style = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same }

const sgr = (on: number, off: number) => (text: string): string =>
  text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`

/** The sixteen colours that every terminal has. */
export const coloured: Style = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  cyan: sgr(36, 39)
}

/** NO_COLOR wins, then FORCE_COLOR (`0` and `false` mean none), then whether it is a terminal that has colours. */
export const styleFor = (environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): Style => {
  const { FORCE_COLOR, NO_COLOR, TERM } = environment
  if (NO_COLOR !== undefined && NO_COLOR !== "") return plain
  if (FORCE_COLOR !== undefined) return FORCE_COLOR === "0" || FORCE_COLOR === "false" ? plain : coloured
  return isTerminal && TERM !== "dumb" ? coloured : plain
}

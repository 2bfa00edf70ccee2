/**
 * What a program gets that asks for something that a page has not.
 */
export class NotInPageError extends Error {
  override readonly name = "NotInPageError"
  readonly code = "ERR_CLUSTRIX_NOT_IN_PAGE"
}

/** The parts of an object that has these members: each throws when it is called. */
export const refusals = (module: string, members: ReadonlyArray<string>): Readonly<Record<string, () => never>> =>
  Object.fromEntries(
    members.map((member) => [member, () => {
      throw new NotInPageError(`${module}.${member} is not to be had in a page: its files are in memory`)
    }])
  )

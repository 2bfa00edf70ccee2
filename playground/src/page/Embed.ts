/**
 * The page inside of another one: `?embed` shows the code and its package, `?embed=read` lets nobody change the code.
 */
const value = new URLSearchParams(location.search).get("embed")

export const isEmbedded = value !== null

/** Whether the code can only be read. */
export const isReadOnly = value === "read"

/** The same project in a page of its own. */
export const wholePage = (fragment: string): string => new URL(location.pathname + fragment, location.href).href

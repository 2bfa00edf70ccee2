/**
 * The folders of a host's state directory, the names in them that are ours, and what interrupted work leaves there.
 */

/** `leftover`: the beginning of something that never got its name, or the end of something that lost it. */
export type Kind = "package" | "environment" | "runtime" | "tool" | "upload" | "result" | "leftover"

interface Folder {
  readonly folder: string
  readonly kind: Kind
  readonly ours: RegExp
  /** Files that are being written. */
  readonly temporary?: RegExp
}

const digestName = /^[0-9a-f]{64}-/

export const folders: ReadonlyArray<Folder> = [
  { folder: "packages", kind: "package", ours: digestName },
  { folder: "envs", kind: "environment", ours: digestName },
  { folder: "runtimes", kind: "runtime", ours: /^v?\d+\.\d+\.\d+[^/]*-[a-z0-9]+-/ },
  { folder: "tools", kind: "tool", ours: /^[0-9a-f]{16}\.mjs$/, temporary: /^[0-9a-f]{16}\.mjs\./ },
  { folder: "uploads", kind: "upload", ours: /^[0-9A-Za-z]/ },
  { folder: "results", kind: "result", ours: /^[0-9a-f]{64}$/, temporary: /^[0-9a-f]{64}\./ }
]

/**
 * Directories that are being filled (packages, npm packages, a runtime), links that are being put into place, and what a clean-up or
 * a question about owners set aside.
 */
const leftover = /^\.(?:[0-9a-f]{64}-|link\.|removed\.|owner\.|v?\d+\.\d+\.\d+)/

export const isLeftover = (name: string): boolean => leftover.test(name)

/** What `name` in such a folder is; `undefined` for what is not ours. */
export const kindOf = ({ kind, ours, temporary }: Folder, name: string): Kind | undefined =>
  isLeftover(name) || temporary?.test(name) === true ? "leftover" : ours.test(name) ? kind : undefined

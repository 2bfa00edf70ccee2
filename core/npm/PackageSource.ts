/**
 * Where a locked package comes from.
 */

export type PackageSource =
  /** By name and version from whatever registry the machine is configured for. */
  | { readonly _tag: "Registry" }
  /** A git repository at one commit; `address` is complete, with the commit. */
  | { readonly _tag: "Git"; readonly address: string }
  /** A tarball at an address of the web. */
  | { readonly _tag: "Tarball"; readonly address: string }
  /** A tarball on this machine; `path` as the lockfile has it. */
  | { readonly _tag: "File"; readonly path: string }
  /** A directory of the project or beside it (a workspace, `file:../x`); `path` relative to the lockfile's directory. */
  | { readonly _tag: "Directory"; readonly path: string }
  /** Changed by the project itself after it was fetched; `patch` is the file of changes, empty where it is not known. */
  | { readonly _tag: "Patched"; readonly patch: string }
  /** Inside the tarball of another package, whose node is `owner`. */
  | { readonly _tag: "Bundled"; readonly owner: string }

export const registry: PackageSource = { _tag: "Registry" }

const gitAddress = /^(?:git(?:\+[a-z]+)?:|github:|gitlab:|bitbucket:|gist:|git@)/
const webAddress = /^https?:/

/** Whether a dependency declared as `range` names an address of the web. */
export const isWebAddress = (range: string): boolean => webAddress.test(range)

/**
 * What `resolved` of a lockfile names. The address of a registry's tarball looks like any other's: it is one when no
 * dependent asked for an address (`askedByAddress`).
 */
export const fromResolved = (resolved: string | undefined, askedByAddress: boolean): PackageSource =>
  resolved === undefined
    ? registry
    : gitAddress.test(resolved)
    ? { _tag: "Git", address: resolved }
    : resolved.startsWith("file:")
    ? { _tag: "File", path: resolved.slice("file:".length) }
    : askedByAddress && isWebAddress(resolved)
    ? { _tag: "Tarball", address: resolved }
    : registry

const secretParameter = /(?:^|[_-])(?:token|key|secret|sig|signature|auth|password|passwd|credential)s?$/i

/** Whether an address holds what nobody else may see: a password, a token. `git@host` is no secret. */
export const hasSecret = (address: string): boolean => {
  const authority = /^([a-z+]+):\/\/([^/?#]*)@/i.exec(address)
  if (authority?.[2]?.includes(":") === true) return true
  if (authority !== null && /^(?:git\+)?https?$/i.test(authority[1] ?? "")) return true
  const query = /\?([^#]*)/.exec(address)?.[1]
  return query !== undefined && query.split("&").some((part) => secretParameter.test(part.split("=")[0] ?? ""))
}

/** `address` as it may be shown. */
export const redacted = (address: string): string =>
  address.replace(/^([a-z+]+:\/\/)[^/?#]*@/i, "$1…@").replace(/\?[^#]*/, "?…")

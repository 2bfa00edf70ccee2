/**
 * Addresses of git repositories in the one form that npm's lockfiles have: managers write the same commit of the same
 * repository in different ways.
 */

/** Hosts whose repositories npm always names by SSH (and still fetches as archives where it can). */
const known = new Set(["github.com", "gitlab.com", "bitbucket.org"])

interface Repository {
  /** As it stands before `//`: `https:`, `git+ssh:`. */
  readonly protocol: string
  /** `git`, `user:password`; empty if there is none. */
  readonly user: string
  readonly host: string
  readonly path: string
}

const parseRepository = (text: string): Repository | undefined => {
  const url = /^([a-z][a-z+]*:)\/\/(?:([^/@]*)@)?([^/]+)\/(.+)$/i.exec(text)
  if (url !== null) {
    return { protocol: url[1] ?? "", user: url[2] ?? "", host: url[3] ?? "", path: url[4] ?? "" }
  }
  // The form of `scp`: no protocol, a colon before the path.
  const scp = /^(?:([^/@:]+)@)?([^/@:]+):([^/].*)$/.exec(text)
  return scp === null ? undefined : { protocol: "ssh:", user: scp[1] ?? "git", host: scp[2] ?? "", path: scp[3] ?? "" }
}

/** The address of `commit` in `repository`, which is a URL or has the form of `scp`. */
export const make = (repository: string, commit: string): string => {
  const at = parseRepository(repository)
  if (at === undefined) return `${repository.startsWith("git") ? "" : "git+"}${repository}#${commit}`
  const path = at.path.replace(/\/+$/, "")
  if (known.has(at.host) && !at.user.includes(":") && (at.user === "" || at.user === "git")) {
    return `git+ssh://git@${at.host}/${path.replace(/\.git$/, "")}.git#${commit}`
  }
  const protocol = at.protocol.startsWith("git") ? at.protocol : `git+${at.protocol}`
  return `${protocol}//${at.user === "" ? "" : `${at.user}@`}${at.host}/${path}#${commit}`
}

/** Archives that hosts make of a commit. */
const archives = [
  /^https:\/\/codeload\.(github\.com)\/([^/]+\/[^/]+)\/tar\.gz\/([0-9a-f]{40})$/,
  /^https:\/\/(gitlab\.com)\/api\/v4\/projects\/([^/]+)\/repository\/archive\.tar\.gz\?(?:ref|sha)=([0-9a-f]{40})$/,
  /^https:\/\/(gitlab\.com)\/([^/]+\/[^/]+)\/repository\/archive\.tar\.gz\?ref=([0-9a-f]{40})$/,
  /^https:\/\/(bitbucket\.org)\/([^/]+\/[^/]+)\/get\/([0-9a-f]{40})\.tar\.gz$/
]

/** The address of the commit that `archive` holds, `undefined` where it is an archive of another kind. */
export const fromArchive = (archive: string): string | undefined => {
  for (const pattern of archives) {
    const [, host, path, commit] = pattern.exec(archive) ?? []
    if (host !== undefined && path !== undefined && commit !== undefined) {
      return make(`https://${host}/${path.replaceAll(/%2f/gi, "/")}`, commit)
    }
  }
  return undefined
}

/**
 * The address of the commit that an address with a fragment names (`...#0123abc`, yarn's `...#commit=0123abc`), or that
 * of an archive; `undefined` for all that is no git.
 */
export const fromResolved = (resolved: string): string | undefined => {
  const hash = resolved.indexOf("#")
  const repository = hash === -1 ? resolved : resolved.slice(0, hash)
  const fragment = hash === -1 ? "" : resolved.slice(hash + 1)
  const isRepository = /^git(?:\+[a-z]+)?:|^ssh:|\.git$/.test(repository) ||
    (!repository.includes("://") && /^[^/@:]+@[^/@:]+:/.test(repository))
  if (isRepository) return fragment === "" ? undefined : make(repository, fragment.replace(/^commit=/, ""))
  return fromArchive(repository)
}

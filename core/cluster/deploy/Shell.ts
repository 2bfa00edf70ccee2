/**
 * Words for POSIX `sh`.
 */

/** `text` as one word of the shell, whatever it holds. */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/**
 * Loads environment modules, where `module` may not be known yet: in a shell that is not a login shell its definition must be
 * read first.
 */
export const moduleLoads = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.length === 0 ? [] : [
    "if ! command -v module >/dev/null 2>&1; then",
    "  for init in \"${LMOD_PKG:-/nonexistent}/init/sh\" \"${MODULESHOME:-/nonexistent}/init/sh\" \\",
    "    /etc/profile.d/lmod.sh /etc/profile.d/modules.sh /usr/share/lmod/lmod/init/sh /usr/share/modules/init/sh; do",
    "    if [ -r \"$init\" ]; then . \"$init\"; break; fi",
    "  done",
    "fi",
    ...names.map((name) => `module load ${quote(name)}`)
  ]

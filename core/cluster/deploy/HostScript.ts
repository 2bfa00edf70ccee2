/**
 * The question as a script of POSIX `sh`: finds a runtime on a host of which nothing is known, and has our own code answer.
 */
import * as DeployProtocol from "./DeployProtocol.ts"
import * as Shell from "./Shell.ts"
import * as StateFolders from "./StateFolders.ts"

export interface HostScriptInput {
  readonly question: DeployProtocol.Question
  /** Name of our own code in `tools/`; its digest is in it. */
  readonly tool: string
  /** The only runtime that may be used: an absolute path, or a command. */
  readonly runtime: string | undefined
  readonly moduleLoads: ReadonlyArray<string>
}

/** The runner's floor. */
const oldest = { major: 18, minor: 18 }

/** Sets `platform` in Node's words. */
const platform = [
  "case $(uname -s) in Linux) os=linux ;; Darwin) os=darwin ;; FreeBSD) os=freebsd ;; AIX) os=aix ;; *) os=$(uname -s) ;; esac",
  "case $(uname -m) in",
  "  x86_64|amd64) cpu=x64 ;; aarch64|arm64) cpu=arm64 ;; armv7l|armv6l) cpu=arm ;; i?86) cpu=ia32 ;;",
  "  ppc64le|ppc64) cpu=ppc64 ;; *) cpu=$(uname -m) ;;",
  "esac",
  "libc=",
  "if [ \"$os\" = linux ]; then",
  "  for loader in /lib/ld-musl-*; do if [ -e \"$loader\" ] && ! [ -e /lib64/ld-linux-x86-64.so.2 ]; then libc=-musl; fi; done",
  "fi",
  "platform=$os-$cpu$libc"
]

/** `consider PATH`: succeeds when that is a runtime which is new enough; else its fault is in `tried`, a JSON list. */
const consider = [
  "tried=",
  "miss() { tried=\"$tried${tried:+,}\\\"$(printf %s \"$1\" | tr -d '\\\\\"[:cntrl:]')\\\"\"; return 1; }",
  "consider() {",
  "  found=$(command -v -- \"$1\" 2>/dev/null) || { miss \"$1: not found\"; return 1; }",
  "  case $found in /*) ;; *) miss \"$1: no program\"; return 1 ;; esac",
  "  version=$(\"$found\" -v 2>&1 </dev/null) || { miss \"$found does not run: $(printf %s \"$version\" | head -n 1)\"; return 1; }",
  "  numbers=${version#v}; major=${numbers%%.*}; rest=${numbers#*.}; minor=${rest%%.*}",
  "  case $major$minor in ''|*[!0-9]*) miss \"$found says $version\"; return 1 ;; esac",
  `  if [ "$major" -lt ${oldest.major} ] || { [ "$major" -eq ${oldest.major} ] && [ "$minor" -lt ${oldest.minor} ]; }; then`,
  `    miss "$found is Node $version, older than ${oldest.major}.${oldest.minor}"; return 1`,
  "  fi",
  "  node=$found",
  "}"
]

const search = (state: string): ReadonlyArray<string> => [
  "node=",
  "consider node ||",
  `  for each in ${Shell.quote(state)}/runtimes/*-"$platform"/bin/node; do`,
  "    if [ -x \"$each\" ] && consider \"$each\"; then break; fi",
  "  done",
  // A login shell may know more: version managers set PATH in its start files
  "if [ -z \"$node\" ] && [ -x \"${SHELL:-}\" ]; then",
  "  each=$(\"$SHELL\" -lc 'command -v node' </dev/null 2>/dev/null | tail -n 1)",
  "  case $each in /*) consider \"$each\" ;; esac",
  "fi"
]

/**
 * Prints a marked line and ends where a folder of the state directory may be written by others, or belongs to another user: whoever
 * can put something there decides what runs. Some file systems show other owners than there are; then what is made there has that
 * owner too.
 */
const trust = (state: string): ReadonlyArray<string> => [
  "untrusted() { printf '%s%s\\n' " + Shell.quote(DeployProtocol.marks.untrusted) + " \"$1\"; exit 0; }",
  "owns() {",
  "  [ \"$2\" = \"$me\" ] && return",
  "  probe=$(mktemp -d \"$1/.owner.XXXXXX\" 2>/dev/null) || return",
  "  set -- \"$2\" $(ls -ldn \"$probe\"); rmdir \"$probe\"",
  "  [ \"$4\" = \"$1\" ]",
  "}",
  "me=$(id -u)",
  `for each in . ${[...StateFolders.folders.map(({ folder }) => folder), "jobs"].join(" ")}; do`,
  `  place=${Shell.quote(state)}/$each`,
  "  [ -d \"$place\" ] || continue",
  "  words=$(ls -ldn \"$place/.\") || continue",
  "  set -- $words",
  "  case $1 in d????w*|d???????w*) untrusted \"$place may be written by others (mode $1)\" ;; esac",
  "  owns \"$place\" \"$3\" || untrusted \"$place belongs to another user (uid $3)\"",
  "done"
]

/** Where a runtime is looked for. */
export interface RuntimeSearch extends Pick<HostScriptInput, "moduleLoads" | "runtime"> {
  readonly stateDirectory: string
}

/** Sets `platform`, `tried`, and `node`: empty when there is none. Ends with 4 when a module cannot be loaded. */
export const findRuntime = ({ moduleLoads, runtime, stateDirectory }: RuntimeSearch): ReadonlyArray<string> => [
  "umask 077",
  ...platform,
  ...consider,
  ...Shell.moduleLoads(moduleLoads).map((line) => line.startsWith("module load") ? `${line} >&2 || exit 4` : line),
  ...(runtime === undefined ? search(stateDirectory) : ["node=", `consider ${Shell.quote(runtime)}`])
]

/** The script. It prints one marked line, and changes nothing by itself. */
export const render = ({ moduleLoads, question, runtime, tool }: HostScriptInput): string => {
  const place = `${question.stateDirectory}/tools/${tool}`
  return [
    ...trust(question.stateDirectory),
    ...findRuntime({ moduleLoads, runtime, stateDirectory: question.stateDirectory }),
    "if [ -z \"$node\" ]; then",
    `  printf '${DeployProtocol.marks.noRuntime}{"platform":"%s","tried":[%s]}\\n' "$platform" "$tried"`,
    "  exit 0",
    "fi",
    `if ! [ -e ${Shell.quote(place)} ]; then`,
    // Where our code is missing, the package mostly is too
    `  package=${DeployProtocol.absent}`,
    `  for each in ${Shell.quote(`${question.stateDirectory}/packages/${question.digest}`)}-*; do`,
    "    if [ -e \"$each\" ]; then package=there; fi",
    "  done",
    `  printf '${DeployProtocol.marks.noTool}%s\\n' "$package"`,
    "  exit 0",
    "fi",
    `exec "$node" ${Shell.quote(place)} ${Shell.quote(DeployProtocol.encodeQuestion(question))}`
  ].join("\n")
}

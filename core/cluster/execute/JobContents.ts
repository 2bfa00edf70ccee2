/**
 * The files of a new job. They travel on the standard input of the command that submits it, so that a job is handed over in one
 * exchange, however far away the cluster is.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Quotation from "../../diagnostics/Quotation.ts"
import * as Shell from "../deploy/Shell.ts"
import { type CommandResult, type Transport, TransportError } from "../Transport.ts"

/** A file of a job. */
export type JobFile =
  & {
    /** Relative to the root, with `/`. */
    readonly name: string
  }
  & (TextContent | {
    /** The absolute path of an uploaded file, which is moved. */
    readonly from: string
  })

interface TextContent {
  readonly text: string
  readonly isExecutable?: boolean
}

export interface JobContents {
  /** Absolute: the directory that is made for them. Its parents are made too. */
  readonly root: string
  /** Relative to the root, parents first. */
  readonly directories: ReadonlyArray<string>
  readonly files: ReadonlyArray<JobFile>
  /** The file that makes it a job, put there last. It tells a repetition of this submission from another one. */
  readonly last: { readonly name: string; readonly text: string }
  /** The package that the job needs. */
  readonly needs?: {
    /** Absolute. */
    readonly directory: string
    /** Where its npm packages were when it was deployed, as {@link modulesOf} says; `undefined`: wherever they are. */
    readonly modules: string | undefined
  } | undefined
}

/** A file that takes more characters than this is uploaded before, for a shell holds its input in memory. */
export const mostCharacters = 1_048_576

/** Exit codes of sysexits.h. */
const exitCodes = { noPackage: 66, exists: 73, notWritten: 74, cut: 75 } as const

/** How long another client may take to make a directory, in seconds. */
const makingSeconds = 5

const modulesMark = "clustrix-modules "

/** Where the package of a job that was submitted finds npm packages: the absolute directory without links, or `none`. */
export const modulesOf = ({ stdout }: CommandResult): string | undefined =>
  stdout.split("\n").find((line) => line.startsWith(modulesMark))?.slice(modulesMark.length)

const makeScript = ({ directories, files, last, needs, root }: JobContents): ReadonlyArray<string> => [
  ...(needs === undefined ? [] : [
    `if ! [ -d ${Shell.quote(needs.directory)} ]; then return ${exitCodes.noPackage}; fi`,
    `modules=$(cd ${Shell.quote(`${needs.directory}/node_modules`)} 2>/dev/null && pwd -P || echo none)`,
    ...(needs.modules === undefined ? [] : [
      `if [ "$modules" != ${Shell.quote(needs.modules)} ]; then return ${exitCodes.noPackage}; fi`
    ]),
    `printf '${modulesMark}%s\\n' "$modules"`
  ]),
  `mkdir -p ${Shell.quote(root.slice(0, root.lastIndexOf("/")))} || return ${exitCodes.notWritten}`,
  `if mkdir ${Shell.quote(root)} 2>/dev/null; then`,
  "  {",
  `    cd ${Shell.quote(root)} &&`,
  ...directories.map((name) => `    mkdir -p ${Shell.quote(name)} &&`),
  ...files.flatMap((file) =>
    "from" in file ? [`    mv ${Shell.quote(file.from)} ${Shell.quote(file.name)} &&`] : [
      `    printf %s ${Shell.quote(file.text)} > ${Shell.quote(file.name)} &&`,
      ...(file.isExecutable === true ? [`    chmod 0700 ${Shell.quote(file.name)} &&`] : [])
    ]
  ),
  `    printf %s ${Shell.quote(last.text)} > ${Shell.quote(`${last.name}.tmp`)} &&`,
  `    mv ${Shell.quote(`${last.name}.tmp`)} ${Shell.quote(last.name)}`,
  `  } || { cd / && rm -rf ${Shell.quote(root)}; return ${exitCodes.notWritten}; }`,
  "else",
  `  if ! [ -d ${Shell.quote(root)} ]; then mkdir ${Shell.quote(root)}; return ${exitCodes.notWritten}; fi`,
  `  cd ${Shell.quote(root)} || return ${exitCodes.notWritten}`,
  "  tries=0",
  `  while [ ! -e ${Shell.quote(last.name)} ] && [ "$tries" -lt ${
    makingSeconds * 5
  } ]; do sleep 0.2; tries=$((tries + 1)); done`,
  // Of this submission, whose answer was lost on the way
  `  if [ "$(cat ${Shell.quote(last.name)} 2>/dev/null; echo .)" != ${
    Shell.quote(`${last.text}.`)
  } ]; then return ${exitCodes.exists}; fi`,
  "fi"
]

/** The values, which neither a command line nor a file of others ever holds. */
const assignments = (environment: ReadonlyMap<string, Redacted.Redacted>): string =>
  [...environment].map(([name, value]) => `${name}=${Shell.quote(Redacted.value(value))}\nexport ${name}\n`).join("")

/** What the command that submits gets on its standard input. Nothing of it is done before all of it is there. */
export const input = (
  contents: JobContents | undefined,
  environment: ReadonlyMap<string, Redacted.Redacted>
): string =>
  [
    "clustrix_contents() {",
    ...(contents === undefined ? ["  :"] : makeScript(contents)),
    "}",
    `clustrix_values=${Shell.quote(assignments(environment))}`,
    "clustrix_input=whole",
    ""
  ].join("\n")

/**
 * Lines of a script that take {@link input}: afterwards the files are there, and `$clustrix_values`, which is not exported, sets the
 * values when it is evaluated.
 */
export const take: ReadonlyArray<string> = [
  "umask 077",
  "unset clustrix_values clustrix_input",
  "eval \"$(cat)\"",
  // A cut connection ends it anywhere
  `if [ "$clustrix_input" != whole ]; then echo 'The connection was cut.' >&2; exit ${exitCodes.cut}; fi`,
  "clustrix_contents || exit"
]

/** Fails where a script that takes them could not make the files, and says why. */
export const made = (
  transport: typeof Transport.Service,
  contents: JobContents | undefined,
  { exitCode, stderr }: CommandResult
): Effect.Effect<void, TransportError> => {
  if (contents === undefined) return Effect.void
  const { needs, root } = contents
  const why = Quotation.lastLines(stderr)
  switch (exitCode) {
    case exitCodes.noPackage:
      return new TransportError({
        reason: "NotFound",
        path: needs?.directory ?? root,
        what: `The package is not in ${needs?.directory} on ${transport.location} any more`,
        remedy: "Deploy it again."
      })
    case exitCodes.exists:
      return new TransportError({ reason: "AlreadyExists", path: root, what: `${root} is there already` })
    case exitCodes.notWritten:
      return new TransportError({
        reason: /No space left|[Qq]uota/.test(stderr) ? "DiskFull" : "PermissionDenied",
        path: root,
        what: `The files of the job cannot be written to ${root} on ${transport.location}`,
        ...(why === "" ? {} : { why }),
        remedy: /No space left|[Qq]uota/.test(stderr)
          ? "Free some space there, or name a directory on another disk in remote_work_dir."
          : "Name a directory that this user may write in remote_work_dir."
      })
    default:
      return Effect.void
  }
}

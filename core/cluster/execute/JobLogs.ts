/**
 * What a job prints, while it prints it.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Shell from "../deploy/Shell.ts"
import type { Transport, TransportError } from "../Transport.ts"
import * as JobDirectory from "./JobDirectory.ts"

/** A piece of output, as it was written; it may end within a character. */
export interface LogChunk {
  readonly stream: "stdout" | "stderr"
  readonly bytes: Uint8Array
}

/** How many bytes of each log were read already. */
export interface LogPosition {
  readonly stdout: number
  readonly stderr: number
}

/** The beginning of both. */
export const beginning: LogPosition = { stdout: 0, stderr: 0 }

/** Where the last `lines` lines of each log begin. */
export const lastLines = (
  transport: typeof Transport.Service,
  directory: string,
  lines: number
): Effect.Effect<LogPosition, TransportError> =>
  Effect.map(
    transport.exec(
      [
        // What is written meanwhile makes it a little earlier at most
        "start() {",
        "  [ -f \"$1\" ] || { echo 0; return; }",
        "  size=$(wc -c < \"$1\")",
        `  last=$(tail -n ${lines} "$1" | wc -c)`,
        "  if [ \"$last\" -lt \"$size\" ]; then echo $((size - last)); else echo 0; fi",
        "}",
        `cd ${Shell.quote(directory)} || exit 0`,
        `start ${JobDirectory.files.stdout}`,
        `start ${JobDirectory.files.stderr}`
      ].join("\n"),
      { idempotent: true }
    ),
    ({ stdout }) => {
      const [first = 0, second = 0] = stdout.split("\n").map((line) => Number(line) || 0)
      return { stdout: first, stderr: second }
    }
  )

interface Progress extends LogPosition {
  readonly waitMillis: number
  /** The job has ended. */
  readonly over: boolean
  readonly done: boolean
}

const shortestWaitMillis = 25
const longestWaitMillis = 1000

/** A log is read in pieces of this size, for it may be larger than the memory. */
const pieceBytes = 4_194_304

/**
 * Both logs `from` a position. With `follow`, until `isOver` says that the job has ended and everything was read; it is asked only
 * when nothing has come, less and less often.
 */
export const read = <E>(
  transport: typeof Transport.Service,
  directory: string,
  options: {
    readonly follow: boolean
    readonly isOver: Effect.Effect<boolean, E>
    readonly from?: LogPosition | undefined
    /** Begins with so many lines of each, instead of `from` a position. */
    readonly tail?: number | undefined
  }
): Stream.Stream<LogChunk, TransportError | E> => {
  const since = (name: string, offset: number) =>
    transport.readFile(`${directory}/${name}`, offset, pieceBytes).pipe(
      Effect.catchIf((error) => error.reason === "NotFound", () => Effect.succeed(new Uint8Array(0)))
    )
  const from = options.tail === undefined ? Effect.succeed(options.from ?? beginning)
    : lastLines(transport, directory, options.tail)
  const piecesFrom = (start: LogPosition) =>
    Stream.unfoldChunkEffect<Progress, LogChunk, TransportError | E, never>({
      ...start,
      waitMillis: shortestWaitMillis,
      over: false,
      done: false
    }, (position) =>
      Effect.gen(function*() {
        if (position.done) return Option.none()
        const stdout = yield* since(JobDirectory.files.stdout, position.stdout)
        const stderr = yield* since(JobDirectory.files.stderr, position.stderr)
        const chunks: Array<LogChunk> = []
        if (stdout.length > 0) chunks.push({ stream: "stdout", bytes: stdout })
        if (stderr.length > 0) chunks.push({ stream: "stderr", bytes: stderr })
        // Where something came there may be more. What is written up to the end is read once more after it
        const isWhole = stdout.length < pieceBytes && stderr.length < pieceBytes
        const over = position.over || !options.follow || (chunks.length === 0 && (yield* options.isOver))
        const done = over && isWhole && (position.over || !options.follow)
        if (!over && chunks.length === 0) yield* Effect.sleep(position.waitMillis)
        return Option.some([Chunk.fromIterable(chunks), {
          stdout: position.stdout + stdout.length,
          stderr: position.stderr + stderr.length,
          waitMillis: chunks.length > 0 ? shortestWaitMillis : Math.min(longestWaitMillis, position.waitMillis * 1.5),
          over,
          done
        }])
      }))
  return Stream.unwrap(Effect.map(from, piecesFrom))
}

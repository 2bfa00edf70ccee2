/**
 * A file system that answers at once gives the answers of the one that takes its time.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { Hasher } from "../../../core/archive/Hasher.ts"
import * as Ask from "../../../core/packaging/memory/ask.ts"
import { hold, type Observation, type Question } from "../../../core/packaging/memory/Observation.ts"
import { observe } from "../../../core/packaging/memory/observe.ts"
import { DirectoryEntries } from "../../../core/resolution/DirectoryEntries.ts"
import { FileTimes } from "../../../core/resolution/FileTimes.ts"
import * as NodeHasher from "../../../platform-node/Hasher.ts"
import * as NodeDirectoryEntries from "../../../platform-node/NodeDirectoryEntries.ts"
import * as NodeFileTimes from "../../../platform-node/NodeFileTimes.ts"
import { answers } from "../../../platform-node/recall/answers.ts"

const services = Layer.mergeAll(
  NodeFileSystem.layer,
  NodeHasher.layer,
  NodeDirectoryEntries.layer,
  NodeFileTimes.layer
)

const host = Effect.gen(function*() {
  return {
    fileSystem: yield* FileSystem.FileSystem,
    entries: yield* DirectoryEntries,
    hasher: yield* Hasher,
    times: yield* FileTimes
  } satisfies Ask.Host
})

let directory: string
const at = (path: string): string => Path.join(directory, path)

const write = (path: string, content: string | Uint8Array): void => {
  Fs.mkdirSync(Path.dirname(at(path)), { recursive: true })
  Fs.writeFileSync(at(path), content)
}

/** What can lie at a path, and how it gets there. */
const kinds: Readonly<Record<string, (path: string) => void>> = {
  nothing: () => undefined,
  "a file": (path) => write(path, "text\n"),
  "another file": (path) => write(path, "more text\n"),
  "an empty file": (path) => write(path, ""),
  "bytes that are no text": (path) => write(path, Uint8Array.of(0xff, 0, 0xfe)),
  "a file of several blocks": (path) => write(path, new Uint8Array(2_500_000).fill(7)),
  "a file that is read in pieces": (path) => write(path, new Uint8Array(Ask.large + 1).fill(7)),
  "a program": (path) => {
    write(path, "text\n")
    Fs.chmodSync(at(path), 0o755)
  },
  "an empty directory": (path) => Fs.mkdirSync(at(path)),
  "a directory": (path) => {
    write(`${path}/b.js`, "")
    write(`${path}/name`, "")
    write(`${path}/node_modules/c.js`, "")
  },
  "a directory with another name": (path) => write(`${path}/NAME`, ""),
  "a directory with a directory of the name": (path) => Fs.mkdirSync(at(`${path}/name`), { recursive: true }),
  "a link to a file": (path) => {
    write("target.txt", "text\n")
    Fs.symlinkSync("target.txt", at(path))
  },
  "a link to a directory": (path) => {
    write("target/name", "")
    Fs.symlinkSync("target", at(path))
  },
  "a link to nothing": (path) => Fs.symlinkSync("nowhere", at(path)),
  "a link to itself": (path) => Fs.symlinkSync(Path.basename(path), at(path)),
  "a named pipe": (path) => {
    execFileSync("mkfifo", [at(path)])
  }
}

const questions: ReadonlyArray<Question> = ["content", "stat", "realPath", "readLink", "exists", "list", "changes"]

/** Reading a named pipe waits for a writer. */
const isAsked = (kind: string, question: Question): boolean => kind !== "a named pipe" || question !== "content"

/** The questions about `path` and, where that is no directory, about what lies below it. */
const asked = (path: string, kind: string): ReadonlyArray<Observation> =>
  [path, Path.join(path, "below")].flatMap((each) =>
    questions.filter((question) => isAsked(kind, question)).flatMap((question): ReadonlyArray<Observation> =>
      question === "list"
        ? [{ question, path: each, answer: "" }, { question, path: each, name: "name", answer: "" }]
        : question === "changes"
        ? [{ question, path: each, since: { marker: at("marker"), isUniform: true }, answer: "" }]
        : [{ question, path: each, answer: "" }]
    )
  )

/** The same with the answers of now. */
const answered = (observations: ReadonlyArray<Observation>): ReadonlyArray<Observation> =>
  observations.map((observation) => {
    if (observation.question !== "list") return { ...observation, answer: answers.answer(observation) }
    const listed = answers.list(observation.path)
    const answer = typeof listed === "string" ? listed
      : observation.name === undefined ? listed.all() : listed.typeOf(observation.name)
    return { ...observation, answer }
  })

beforeAll(() => {
  directory = Fs.realpathSync(Fs.mkdtempSync(Path.join(Os.tmpdir(), "clustrix-answers-")))
  write("marker", "")
  Object.entries(kinds).forEach(([, make], index) => make(`now-${index}`))
})
afterAll(() => Fs.rmSync(directory, { recursive: true, force: true }))

describe("what was observed", () => {
  Object.keys(kinds).forEach((kind, index) => {
    it.effect(`of ${kind} holds for both ways of asking, or for neither`, () =>
      Effect.gen(function*() {
        const slow = yield* host
        const then = answered(asked(at(`now-${index}`), kind))
        assert.isTrue(hold(then, answers))
        // One by one: an answer of one kind must not hide another
        for (const observation of then) {
          assert.isTrue(yield* Ask.hold(slow, [observation]), JSON.stringify(observation))
        }
        // What would hold of any other thing at the same place
        for (const [other] of Object.keys(kinds).entries()) {
          const elsewhere = answered(asked(at(`now-${other}`), Object.keys(kinds)[other] ?? ""))
          const moved = elsewhere.map((observation) => ({
            ...observation,
            path: observation.path.replace(`now-${other}`, `now-${index}`)
          })).filter(({ question }) => isAsked(kind, question))
          for (const observation of moved) {
            assert.strictEqual(
              hold([observation], answers),
              yield* Ask.hold(slow, [observation]),
              JSON.stringify(observation)
            )
          }
        }
      }).pipe(Effect.provide(services)))
  })

  it.effect("is written down in the words in which it is asked again", () =>
    Effect.gen(function*() {
      const slow = yield* host
      const observed = observe(slow)
      for (const index of Object.keys(kinds).keys()) {
        const path = at(`now-${index}`)
        const { fileSystem } = observed
        const each: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
          fileSystem.stat(path),
          fileSystem.realPath(path),
          fileSystem.readLink(path),
          fileSystem.exists(path),
          observed.entries.list(path),
          ...(Object.keys(kinds)[index] === "a named pipe" ? [] : [fileSystem.readFile(path)])
        ]
        for (const question of each) yield* Effect.either(question)
        observed.entries.asked?.(path, "name")
      }
      const observations = (yield* observed.observations) ?? []
      assert.isAbove(observations.length, 5 * Object.keys(kinds).length)
      for (const observation of observations) {
        assert.isTrue(hold([observation], answers), JSON.stringify(observation))
        assert.isTrue(yield* Ask.hold(slow, [observation]), JSON.stringify(observation))
      }
    }).pipe(Effect.provide(services)))
})

/**
 * A package that lies unpacked in a directory.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import * as Hasher from "./Hasher.ts"
import * as Manifest from "./Manifest.ts"
import * as ForeignJson from "./ForeignJson.ts"

/** `Damaged`: it claims to be that package, and `why` it is not. */
export type Condition =
  | { readonly _tag: "Absent" }
  | { readonly _tag: "Whole"; readonly manifest: Manifest.Manifest }
  | { readonly _tag: "Other" }
  | { readonly _tag: "Damaged"; readonly why: string }

const chunkBytes = 1024 * 1024

/** Files that are read at the same time. */
const concurrency = 16

const decode = ForeignJson.decoder(Manifest.Manifest, Manifest.unpackedLimits)

const damaged = (why: string): Condition => ({ _tag: "Damaged", why })

/**
 * Whether `directory` holds exactly the files of the package `digest`, byte for byte. More files, such as a link to
 * `node_modules`, do not count.
 */
export const check = (
  directory: string,
  digest: string
): Effect.Effect<Condition, never, FileSystem.FileSystem | Path.Path | Hasher.Hasher> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    if (!(yield* Effect.orElseSucceed(fs.exists(directory), () => false))) return { _tag: "Absent" } as const
    const file = path.join(directory, Manifest.path)
    const text = yield* Effect.either(fs.readFileString(file))
    // A directory that is there has a manifest, for it got its name by a rename.
    if (Either.isLeft(text)) return damaged(`${file}: ${text.left.message}`)
    const manifest = yield* Effect.either(decode(text.right))
    if (Either.isLeft(manifest)) return damaged(`${file} is not the manifest of a package.`)
    if ((yield* Hasher.digest(text.right)) !== digest) return { _tag: "Other" } as const
    const hasher = yield* Hasher.Hasher
    const isSame = (entry: Manifest.Entry) =>
      Effect.gen(function*() {
        const content = path.join(directory, ...entry.path.split("/"))
        const { size, type } = yield* fs.stat(content)
        if (type !== "File" || Number(size) !== entry.size) return false
        const hash = yield* hasher.init
        if (entry.size <= chunkBytes) hash.update(yield* fs.readFile(content))
        else {
          yield* Stream.runForEach(
            fs.stream(content, { chunkSize: chunkBytes }),
            (bytes) => Effect.sync(() => hash.update(bytes))
          )
        }
        return hash.digest() === entry.sha256
      }).pipe(Effect.orElseSucceed(() => false))
    // A package that brings its npm packages has thousands of files
    const wrong = yield* Effect.forEach(
      manifest.right.entries,
      (entry) => Effect.flatMap(isSame(entry), (same) => same ? Effect.void : Effect.fail(entry.path)),
      { concurrency, discard: true }
    ).pipe(Effect.flip, Effect.option)
    return wrong._tag === "Some"
      ? damaged(`${path.join(directory, wrong.value)} is not what the manifest says.`)
      : { _tag: "Whole", manifest: manifest.right } as const
  })

/**
 * yarn's lockfiles: `yarn.lock`, of yarn 1 and of those since.
 */
import * as Effect from "effect/Effect"
import * as SourceLocation from "../diagnostics/SourceLocation.ts"
import * as JsonText from "./JsonText.ts"
import { LockfileError } from "./LockfileError.ts"
import type { LockGraph } from "./LockGraph.ts"
import * as YarnBerry from "./YarnBerry.ts"
import * as YarnClassic from "./YarnClassic.ts"
import * as YarnProject from "./YarnProject.ts"

/** In a comment above the first entry. */
const classicMark = /^# *yarn lockfile v1\s*$/im

const berryMark = /^"?__metadata"? *:/m

/** The graph of the lockfile `text`. `file` is its name in messages, as a person knows it. */
export const read = (
  file: string,
  text: string,
  manifests: YarnProject.Manifests
): Effect.Effect<LockGraph, LockfileError> =>
  Effect.gen(function*() {
    const source = JsonText.withoutMark(text)
    const project = yield* YarnProject.read(manifests)
    if (berryMark.test(source)) return yield* YarnBerry.read(file, source, project)
    if (classicMark.test(source)) return yield* YarnClassic.read(file, source, project)
    return yield* new LockfileError({
      reason: "UnsupportedVersion",
      what: `${file} does not say which version of yarn wrote it`,
      location: SourceLocation.fromOffset(file, source, 0),
      why: "Clustrix reads the lockfiles of yarn 1 to 4.",
      remedy: "Run `yarn install` to have it written anew."
    })
  })

/**
 * When files were changed, as Node's file system tells.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { FileTimes } from "../core/resolution/FileTimes.ts"
import { changesIn } from "./recall/answers.ts"

/** Reads at once, not in the background. */
export const layer: Layer.Layer<FileTimes> = Layer.succeed(FileTimes, {
  changes: (directory, since) => Effect.sync(() => changesIn(directory, since))
})

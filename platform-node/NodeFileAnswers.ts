/**
 * Node's file system as one that answers at once.
 */
import * as Layer from "effect/Layer"
import { FileAnswers } from "../core/packaging/memory/FileAnswers.ts"
import { answers } from "./recall/answers.ts"

export const layer: Layer.Layer<FileAnswers> = Layer.succeed(FileAnswers, answers)

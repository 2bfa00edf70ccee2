/**
 * File systems that answer at once.
 */
import * as Context from "effect/Context"
import type { Answers } from "./Observation.ts"

/** Optional, as each question to a file is cheaper so: answers are the same without it. They are those of the file system of the same layer. */
export class FileAnswers extends Context.Tag("clustrix/FileAnswers")<FileAnswers, Answers>() {}

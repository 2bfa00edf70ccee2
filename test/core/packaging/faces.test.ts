/**
 * Diagnostics reach programs: with the package, and in Effect's log.
 */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Schema from "effect/Schema"
import { layerOf } from "../../../core/config/Cluster.ts"
import * as ClusterConfig from "../../../core/config/ClusterConfig.ts"
import * as DiagnosticLog from "../../../core/diagnostics/DiagnosticLog.ts"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import { PackageInfo } from "../../../core/packaging/PackageInfo.ts"
import * as MemoryProject from "../slicing/MemoryProject.ts"

/** Packages `main` of `text`, and collects what is logged meanwhile. */
const packaged = (text: string) =>
  Effect.gen(function*() {
    const entries: Array<readonly [level: string, code: string | undefined, message: string]> = []
    const collecting = Logger.replace(
      Logger.defaultLogger,
      Logger.make(({ annotations, logLevel, message }) => {
        entries.push([logLevel.label, DiagnosticLog.codeOf(annotations), String(message)])
      })
    )
    const packager = yield* Effect.provide(FilePackager, MemoryProject.layerOver({ "main.ts": text }))
    const { info } = yield* packager.packageFunctionForExecution("main.ts#main").pipe(
      Effect.provide(collecting),
      Effect.provide(layerOf(ClusterConfig.local)),
      Logger.withMinimumLogLevel(LogLevel.All)
    )
    return { info, entries }
  })

const warned = `export const main = () => missing`
const what = "`missing` is defined nowhere"

layer(MemoryProject.layerShared)("diagnostics", (it) => {
  it.effect("come with the package", () =>
    Effect.gen(function*() {
      const { info } = yield* packaged(warned)
      assert.deepStrictEqual(
        info.diagnostics.map(({ code, location, severity, what }) => [
          severity,
          code,
          what,
          location?.toString()
        ]),
        [["warning", "unresolved-name", what, "main.ts:1:27"]]
      )
    }))

  it.effect("survive JSON", () =>
    Effect.gen(function*() {
      const { info } = yield* packaged(warned)
      const text = JSON.stringify(yield* Schema.encode(PackageInfo)(info))
      const read = yield* Schema.decodeUnknown(PackageInfo)(JSON.parse(text))
      assert.deepStrictEqual(read.diagnostics, info.diagnostics)
    }))

  it.effect("are logged, warnings and notes at levels of their own", () =>
    Effect.gen(function*() {
      const { entries } = yield* packaged(
        `import * as fs from "node:fs"\nexport const main = (file: string) => [missing, fs.readFileSync(file)]`
      )
      assert.deepStrictEqual(entries.map(([level, code]) => [level, code]), [
        ["WARN", "unresolved-name"],
        ["INFO", "argument-path"]
      ])
      assert.match(entries[0]?.[2] ?? "", /^main\.ts:2:40: `missing` is defined nowhere\n {2}`main` uses it/)
    }))

  it.effect("are none of what is certain", () =>
    Effect.gen(function*() {
      const { entries, info } = yield* packaged(`function Shape(this: any, side: number) { this.side = side }
Shape.prototype.area = function () { return this.side ** 2 }
Shape.prototype.twice = function () { return 2 * this.area() }
Shape.unit = 1
Shape.origin = [0, 0]
const log: Array<string> = []
log.push("unrelated")
console.log(main())
export function main() { return new (Shape as any)(3).twice() }`)
      assert.deepStrictEqual(info.diagnostics, [])
      assert.deepStrictEqual(entries, [])
    }))
})

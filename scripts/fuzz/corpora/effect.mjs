export const effect = {
  package: "effect",
  large: true,
  sources: [/^src\/.*\.ts$/],
  entry: "src/Array.ts",
  more: ["src/Duration.ts", "src/Option.ts", "src/String.ts", "src/HashMap.ts", "src/Either.ts"],
  language: "ts",
  calls: [
    ["dedupe, chunksOf", `[dedupe([1, 1, 2]), chunksOf([1, 2, 3], 2)]`],
    ["groupBy, partition", `[groupBy([1, 2, 3], (n) => n % 2 ? "odd" : "even"), partition([1, 2, 3], (n) => n > 1)]`],
    ["import * as Duration from \"./src/src/Duration.ts\"",
      `[Duration.toMillis("2 hours"), Duration.format(Duration.sum("1 minute", "30 seconds")), Duration.toWeeks("21 days")]`],
    ["import * as Effect from \"./src/src/Effect.ts\"",
      `Effect.runPromise(Effect.gen(function* () { const a = yield* Effect.succeed(1); yield* Effect.sleep(1); return a + (yield* Effect.promise(async () => 2)) }))`],
    ["import * as Effect from \"./src/src/Effect.ts\"", `Effect.runSync(Effect.either(Effect.fail("no")))`],
    ["import * as Schema from \"./src/src/Schema.ts\"",
      `Schema.decodeUnknownSync(Schema.Struct({ n: Schema.NumberFromString, o: Schema.optional(Schema.String) }))({ n: "12" })`],
    ["import * as Option from \"./src/src/Option.ts\"",
      `[Option.some(1), Option.none(), Option.getOrElse(Option.none(), () => 3)].map(String)`],
    ["import * as HashMap from \"./src/src/HashMap.ts\"", `[...HashMap.set(HashMap.make(["a", 1]), "b", 2)].sort()`]
  ]
}

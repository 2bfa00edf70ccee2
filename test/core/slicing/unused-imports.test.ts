/**
 * An import of another package of which nothing is used still has Node evaluate the package.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import { layer } from "./MemoryProject.ts"

const version = "1.0.0"
const files = (file: string, text: string, sideEffects?: boolean) => ({
  [file]: text,
  "package-lock.json": JSON.stringify({
    name: "project",
    lockfileVersion: 3,
    packages: {
      "": { name: "project", dependencies: { setter: version } },
      "node_modules/setter": { version, integrity: "sha512-x" }
    }
  }),
  "node_modules/setter/package.json": JSON.stringify({ name: "setter", version, main: "index.js", sideEffects }),
  "node_modules/setter/index.js": "globalThis.set = 1"
})

const imports = (file: string, text: string, sideEffects?: boolean) =>
  Effect.gen(function*() {
    const packager = yield* FilePackager
    const { entries } = yield* packager.prepare(`/project/${file}#main`)
    const entry = entries.find(({ path }) => path.startsWith("modules/main"))
    const emitted = entry?.content._tag === "Bytes" ? new TextDecoder().decode(entry.content.bytes) : ""
    return /import "setter"/.test(emitted)
  }).pipe(Effect.provide(layer(files(file, text, sideEffects))))

const unused = `import { x } from "setter"\nexport const main = () => globalThis.set`

describe("an import of a package that nothing uses", () => {
  it.effect("goes along in JavaScript", () => Effect.map(imports("main.js", unused), (found) => assert.isTrue(found)))

  it.effect("stays out where TypeScript leaves it out", () =>
    Effect.map(imports("main.ts", unused), (found) => assert.isFalse(found)))

  it.effect("stays out where the package is free of side effects", () =>
    Effect.map(imports("main.js", unused, false), (found) => assert.isFalse(found)))

  it.effect("stays out where only a statement that goes uses it", () =>
    Effect.map(
      imports("main.js", `import { x } from "setter"\nexport const main = () => 1\nexport const other = () => x`),
      (found) => assert.isFalse(found)
    ))
})

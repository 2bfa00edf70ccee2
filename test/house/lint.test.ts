/**
 * The linter is the wall between the layers: each rule is shown a violation and must refuse it.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"

const root = resolve(import.meta.dirname, "../..")

interface Violation {
  readonly title: string
  readonly file: string
  readonly text: string
  readonly rule: string
}

const violation = (title: string, file: string, text: string, rule: string): Violation => ({ title, file, text, rule })
const restrictedImport = "eslint(no-restricted-imports)"
const restrictedGlobal = "eslint(no-restricted-globals)"
const restrictedProperty = "eslint(no-restricted-properties)"

const violations: ReadonlyArray<Violation> = [
  ...["node:fs", "fs", "fs/promises", "path", "ssh2", "@effect/platform-node/NodeContext", "@effect/cli/Command"]
    .flatMap(
      (specifier) =>
        ["core", "platform-browser", "playground"].map((layer) =>
          violation(`${layer} imports ${specifier}`, `${layer}/a.ts`, `import "${specifier}"`, restrictedImport)
        )
    ),
  violation("core imports a type of Node", "core/a.ts", `export type { Stats } from "node:fs"`, restrictedImport),
  violation("core imports Node late", "core/a.ts", `export const a = () => import("node:fs")`, restrictedImport),
  violation(
    "core imports platform-node",
    "core/graph/a.ts",
    `import "../../platform-node/Hasher.ts"`,
    restrictedImport
  ),
  violation("core imports platform-browser", "core/a.ts", `import "../platform-browser/index.ts"`, restrictedImport),
  violation("core imports the browser's Effect", "core/a.ts", `import "@effect/platform-browser/X"`, restrictedImport),
  violation("core imports the playground", "core/a.ts", `import "../playground/main.ts"`, restrictedImport),
  violation("core imports clustrix by name", "core/a.ts", `import "clustrix/node"`, restrictedImport),
  violation(
    "platform-browser imports platform-node",
    "platform-browser/a.ts",
    `import "../platform-node/Hasher.ts"`,
    restrictedImport
  ),
  violation(
    "platform-node imports the playground",
    "platform-node/cli/a.ts",
    `import "../../playground/main.ts"`,
    restrictedImport
  ),
  violation(
    "platform-node imports platform-browser",
    "platform-node/a.ts",
    `import "../platform-browser/index.ts"`,
    restrictedImport
  ),
  violation(
    "playground imports platform-node",
    "playground/a.ts",
    `import "../platform-node/index.ts"`,
    restrictedImport
  ),
  ...["core", "platform-node", "platform-browser", "test"].map((layer) =>
    violation(
      `${layer} imports Effect's barrel`,
      `${layer}/a.ts`,
      `import { Effect } from "effect"\nexport const a = Effect`,
      restrictedImport
    )
  ),
  ...["process.env", "Buffer.alloc(1)", "window", "document", "__dirname", "fetch", "crypto"].map((name) =>
    violation(`core uses ${name}`, "core/a.ts", `export const a = ${name}`, restrictedGlobal)
  ),
  ...["process.env", "Buffer.alloc(1)"].map((name) =>
    violation(`platform-browser uses ${name}`, "platform-browser/a.ts", `export const a = ${name}`, restrictedGlobal)
  ),
  violation("core reads the clock", "core/a.ts", "export const a = Date.now()", restrictedProperty),
  violation("core throws dice", "core/a.ts", "export const a = Math.random()", restrictedProperty),
  violation("core sorts by locale", "core/a.ts", `export const a = "a".localeCompare("b")`, restrictedProperty),
  violation(
    "core reaches process by globalThis",
    "core/a.ts",
    "export const a = globalThis.process",
    restrictedProperty
  ),
  violation("core writes to the console", "core/a.ts", "console.log(1)", "eslint(no-console)"),
  violation("any", "platform-node/a.ts", "export const a: any = 1", "typescript(no-explicit-any)"),
  violation("a non-null assertion", "core/a.ts", "export const a = [1][0]!", "typescript(no-non-null-assertion)"),
  violation("a silenced type error", "core/a.ts", "// @ts-ignore\nexport const a = 1", "typescript(ban-ts-comment)"),
  violation("an import cycle", "core/a.ts", `import { b } from "./b.ts"\nexport const a = () => b`, "import(no-cycle)"),
  violation("an unused variable", "core/a.ts", "const a = 1\nexport {}", "eslint(no-unused-vars)")
]

describe("the linter refuses", () => {
  let folder = ""
  const found = new Map<string, ReadonlyArray<string>>()

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "clustrix-lint-"))
    copyFileSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"))
    const homes = new Map(violations.map((one, index) => [one, one.file.replace(/a\.ts$/, `v${index}/a.ts`)]))
    for (const [one, file] of homes) {
      mkdirSync(join(folder, dirname(file)), { recursive: true })
      writeFileSync(join(folder, file), `${one.text}\n`)
      if (one.rule === "import(no-cycle)") {
        writeFileSync(join(folder, dirname(file), "b.ts"), `import { a } from "./a.ts"\nexport const b = () => a\n`)
      }
    }
    const { stdout, status } = spawnSync(process.execPath, [join(root, "node_modules/oxlint/bin/oxlint"),
      "--format=json"], {
      cwd: folder,
      encoding: "utf8"
    })
    assert.strictEqual(status, 1)
    const report = JSON.parse(stdout) as {
      readonly diagnostics: ReadonlyArray<{ readonly filename: string; readonly code: string }>
    }
    for (const [one, file] of homes) {
      found.set(one.title, report.diagnostics.filter((entry) => entry.filename === file).map((entry) => entry.code))
    }
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  for (const one of violations) it(one.title, () => assert.include(found.get(one.title) ?? [], one.rule))
})

import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { resolve } from "node:path"

const root = resolve(import.meta.dirname, "../..")

interface Package {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const read = (file: string): unknown => JSON.parse(readFileSync(resolve(root, file), "utf8"))
const manifest = read("package.json") as Package
const { packages } = read("package-lock.json") as { readonly packages: Readonly<Record<string, Package>> }

describe("the lockfile", () => {
  // `npm ci` refuses a lockfile without them; a registry that has packages for one platform only leaves them out.
  it("names the builds for all platforms (else: node scripts/complete-lockfile.mjs)", () => {
    const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, "")))
    const missing = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies).filter((name) => !names.has(name))
    )
    assert.deepStrictEqual(missing, [])
  })

  it("has the exact versions that package.json asks for", () => {
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      // A package under another name has its own before the version
      assert.match(version, /^(?:npm:[^@]+@)?\d+\.\d+\.\d+$/, name)
      assert.strictEqual(packages[`node_modules/${name}`]?.version, version.replace(/^npm:[^@]+@/, ""), name)
    }
  })
})

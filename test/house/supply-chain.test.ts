import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { resolve } from "node:path"
import * as Licence from "../../scripts/supply-chain/Licence.mjs"
import { faultsOf } from "../../scripts/supply-chain/faultsOf.mjs"

const root = resolve(import.meta.dirname, "../..")

const policy = {
  licences: { shipped: ["MIT", "ISC"], development: ["MPL-2.0"], inFiles: { told: "MIT" }, inOldForm: { old: "MIT" } },
  installScripts: { native: "Not needed." },
  dependencies: { a: "Does it." },
  devDependencies: { b: "Tests it." },
  workspaces: {}
}
const fine = { license: "MIT", integrity: "sha512-x" }
const sound = {
  policy,
  manifest: { dependencies: { a: "1.0.0" }, devDependencies: { b: "2.0.0-rc.1" } },
  workspaces: [],
  lockfile: {
    packages: {
      "": {},
      "node_modules/a": { ...fine, optionalDependencies: { "a-win": "1.0.0" } },
      "node_modules/a-win": { optional: true },
      "node_modules/a/node_modules/old": { integrity: "sha512-x" },
      "node_modules/told": { ...fine, license: "SEE LICENSE IN licences.md" },
      "node_modules/b": { ...fine, license: "MPL-2.0", dev: true },
      "node_modules/native": { ...fine, hasInstallScript: true }
    }
  }
}

describe("the supply chain", () => {
  it("of this project is as the policy says", () => {
    const printed = execFileSync(process.execPath, ["scripts/supply-chain.mjs"], { cwd: root, encoding: "utf8" })
    assert.match(printed, /supply chain: \d{3,} packages, 0 faults/)
  })

  it("faults are found, each kind", () => {
    assert.deepStrictEqual(faultsOf(sound), [])
    const { packages } = sound.lockfile
    const add = (name: string, entry: object) => ({
      ...sound,
      lockfile: { packages: { ...packages, [`node_modules/${name}`]: entry } }
    })
    const cases: ReadonlyArray<readonly [unknown, RegExp]> = [
      [{ ...sound, manifest: { ...sound.manifest, dependencies: { a: "1.0.0", c: "1.0.0" } } },
        /^c is in dependencies/],
      [{ ...sound, manifest: { ...sound.manifest, devDependencies: {} } }, /reason for b, which is not in devDep/],
      [{ ...sound, policy: { ...policy, dependencies: { a: " " } } }, /^a is in dependencies/],
      [{ ...sound, manifest: { ...sound.manifest, dependencies: { a: "^1.0.0" } } }, /\^1\.0\.0, which is not one/],
      [{ ...sound, workspaces: [{ dependencies: { d: "1.0.0" } }] }, /^d is in the workspaces/],
      [add("c", { ...fine, license: "GPL-3.0" }), /node_modules\/c has the licence GPL-3.0.*in what is shipped/],
      [add("c", { ...fine, license: "MPL-2.0" }), /MPL-2.0.*in what is shipped/],
      [add("c", { ...fine, license: "GPL-3.0", dev: true }), /GPL-3.0, which is not allowed$/],
      [add("c", { ...fine, license: "SEE LICENSE IN it.md" }), /SEE LICENSE IN it.md, which is not allowed/],
      [add("told", { ...fine, license: "GPL-3.0" }), /GPL-3.0, which is not allowed/],
      [add("c", { integrity: "x" }), /licence \(none\)/],
      [add("c", { optional: true }), /licence \(none\)/],
      [add("c", { license: "MIT" }), /node_modules\/c has no integrity/],
      [add("c", { ...fine, resolved: "git+ssh://git@host.example/c.git" }), /names the address/],
      [add("c", { ...fine, hasInstallScript: true }), /c has an install script/],
      [add("native", fine), /install script of native, which has none/]
    ]
    for (const [input, words] of cases) {
      const found = faultsOf(input)
      assert.strictEqual(found.length, 1, found.join("\n"))
      assert.match(found[0] ?? "", words)
    }
  })

  it("licence expressions are read as SPDX writes them", () => {
    const allowed = new Set(["MIT", "ISC", "GPL-2.0"])
    const cases: ReadonlyArray<readonly [string, boolean]> = [
      ["MIT", true],
      ["X", false],
      ["(MIT OR X)", true],
      ["X OR MIT", true],
      ["MIT AND X", false],
      ["MIT AND ISC", true],
      ["X AND Y OR ISC", true],
      ["MIT AND (X OR ISC)", true],
      ["(MIT OR X) AND Y", false],
      ["GPL-2.0 WITH Classpath-exception-2.0", true],
      ["X WITH Classpath-exception-2.0", false],
      ["", false],
      ["(MIT", false],
      ["MIT)", false],
      ["MIT ISC", false],
      ["MIT OR", false],
      ["SEE LICENSE IN LICENSE.md", false]
    ]
    for (const [text, expected] of cases) {
      assert.deepStrictEqual([text, Licence.allows(text, (id: string) => allowed.has(id))], [text, expected])
    }
  })
})

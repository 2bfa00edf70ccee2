/**
 * One function has one ID, whatever loaded it: natively, through loaders and compilers with their source maps, by value
 * and by reference.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { build } from "esbuild"
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { makeProject, modules, type Project } from "./nodeBundle.ts"

let project: Project
const file = (name: string): string => Path.join(project.directory, name)

const library = `import { basename } from "node:path"
const factor: number = 3
export function exported(x: number): number { return hidden(x) * factor }
function hidden(x: number): number { return x + factor }
export const arrow = (x: number): string => basename(\`a/\${x}\`)
export default function (x: number): number { return x - factor }
export class Tools { static half(x: number): number { return x / 2 } }
interface Options { readonly label: string }
export const make = ({ label }: Options, start = 1) => {
  const factor = 100
  let count = start
  const data = { label, list: [1, 2, { deep: factor }] }
  function step(by: number) { count += by; return count * factor }
  return { one: (x: number) => ({ data, at: step(x) }), two: async () => [data.label, factor] }
}
export { hidden as shown }
`

const program = `import assigned, { arrow, exported, make, shown, Tools } from "./library.js"
const closures = make({ label: "L" }, 7)
const main = async () => {
  const { FilePackager, createExecutionContext } = await import("clustrix/node")
  const packager = new FilePackager()
  const functions = { exported, shown, arrow, assigned, half: Tools.half, one: closures.one, two: closures.two }
  const found: Record<string, string> = {}
  for (const [name, fn] of Object.entries(functions)) {
    found[name] = (await packager.packageFunction(fn, createExecutionContext({ clusterType: "local" }))).packageId
  }
  console.log(JSON.stringify(found))
}
void main()
`

beforeAll(async () => {
  project = await makeProject("loaders")
  Fs.mkdirSync(file("src"))
  // Natively, the import must name the file that is there
  Fs.writeFileSync(file("package.json"), JSON.stringify({ name: "loaders", type: "module" }))
  Fs.writeFileSync(file("src/library.ts"), library)
  Fs.writeFileSync(file("src/main.ts"), program)
  Fs.writeFileSync(file("src/native.ts"), program.replace("./library.js", "./library.ts"))
})

afterAll(() => project.remove())

const run = (program: string, words: ReadonlyArray<string>): string => {
  const { status, stderr, stdout } = spawnSync(program, words, {
    cwd: project.directory,
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: project.directory,
      CLUSTRIX_PACKAGE_DIR: file("packages")
    }
  })
  assert.strictEqual(status, 0, `${stdout}\n${stderr}`)
  return stdout
}

/** IDs by the name of the function, as the program prints them. */
const idsOf = (words: ReadonlyArray<string>): Readonly<Record<string, string>> =>
  JSON.parse(run(process.execPath, words).trimEnd().split("\n").at(-1) ?? "")

const tool = (name: string): string => Path.join(modules, ".bin", name)

const compile = (out: string, options: Readonly<Record<string, unknown>>): void => {
  Fs.writeFileSync(
    file("tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "es2022",
        rootDir: "src",
        outDir: out,
        noCheck: true,
        skipLibCheck: true,
        types: [],
        ...options
      },
      files: ["src/main.ts"]
    })
  )
  run(process.execPath, [Path.join(modules, "typescript/bin/tsc"), "-p", "."])
  Fs.rmSync(file("tsconfig.json"))
}

const bundled = async (out: string, options: Parameters<typeof build>[0]): Promise<void> => {
  await build({
    absWorkingDir: project.directory,
    entryPoints: ["src/main.ts"],
    outdir: out,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    sourcemap: true,
    logLevel: "error",
    ...options
  })
}

const loaders: Readonly<Record<string, () => Promise<ReadonlyArray<string>> | ReadonlyArray<string>>> = {
  "tsx": () => ["--import", Path.join(modules, "tsx/dist/loader.mjs"), "src/main.ts"],
  "vite-node, which vitest uses": () => [tool("vite-node"), "src/main.ts"],
  "tsc, ES modules, maps beside": () => {
    compile("out/esm", { module: "nodenext", sourceMap: true })
    return ["out/esm/main.js"]
  },
  "tsc, ES modules, maps inside, with the sources": () => {
    compile("out/inline", { module: "nodenext", inlineSourceMap: true, inlineSources: true })
    return ["out/inline/main.js"]
  },
  "tsc, CommonJS": () => {
    Fs.writeFileSync(file("package.json"), JSON.stringify({ name: "loaders", type: "commonjs" }))
    compile("out/cjs", { module: "nodenext", sourceMap: true })
    Fs.writeFileSync(file("package.json"), JSON.stringify({ name: "loaders", type: "module" }))
    Fs.writeFileSync(file("out/cjs/package.json"), `{ "type": "commonjs" }`)
    return ["out/cjs/main.js"]
  },
  "an esbuild bundle": async () => {
    await bundled("out/bundle", {})
    return ["out/bundle/main.js"]
  },
  // Minified syntax would put the values of constants where their names are mentioned: then nothing is left to read
  "an esbuild bundle with short names": async () => {
    await bundled("out/small", { minifyIdentifiers: true, minifyWhitespace: true })
    return ["out/small/main.js"]
  },
  // Types are stripped by Node 22.18 and later
  ...(Reflect.get(process.features, "typescript") === undefined ? {}
    : { "Node itself": () => ["src/native.ts"] })
}

describe("one ID under every loader", () => {
  let expected: Readonly<Record<string, string>> | undefined

  it("by reference and by value", () => {
    const names = { exported: "exported", shown: "hidden", arrow: "arrow", assigned: "default", half: "Tools.half" }
    const script = `
      import { createExecutionContext, FilePackager } from "clustrix/node"
      const found = {}
      for (const [name, reference] of Object.entries(${JSON.stringify(names)})) {
        const context = createExecutionContext({ clusterType: "local" })
        found[name] = (await new FilePackager().packageFunction("src/library.ts#" + reference, context)).packageId
      }
      console.log(JSON.stringify(found))`
    Fs.writeFileSync(file("reference.mjs"), script)
    const named = idsOf(["reference.mjs"])
    expected = idsOf(loaders["tsx"]?.() as ReadonlyArray<string>) // not a promise, see above
    assert.deepInclude(expected, named)
    assert.lengthOf(new Set(Object.values(expected)), Object.keys(expected).length)
  })

  for (const [title, command] of Object.entries(loaders)) {
    it(title, async () => {
      assert.deepStrictEqual(idsOf(await command()), expected)
    })
  }
})

/**
 * `npm run test:pack`: packs the package, installs it into an empty project and uses it there: the three entry points
 * under Node, the declarations under a strict type check, CommonJS, a server of Vite's, an application of Next.js, the README's
 * page in a browser, the command on a function of two files.
 */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync,
  writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Consumers from "./pack-check/Consumers.mjs"
import * as Page from "./pack-check/Page.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const readme = readFileSync(join(root, "README.md"), "utf8")
const place = mkdtempSync(join(tmpdir(), "clustrix-pack-"))
const project = join(place, "project")

const environment = { CLUSTRIX_PACKAGE_DIR: join(place, "packages"), XDG_STATE_HOME: join(place, "state") }

const run = (cwd, command, args, expected = 0) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment }
  })
  if (status !== expected) {
    throw new Error(`${command} ${args.join(" ")} ended with ${status ?? error}:\n${stdout}\n${stderr}`)
  }
  return stdout
}
const node = (...args) => run(project, process.execPath, args)

/** All that is installed in the project: the packages, and what they weigh as files. */
const installed = () => {
  const modules = join(project, "node_modules")
  const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const manifests = files.map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@.][^/]*\/package\.json$/.test(file))
  return {
    names: manifests.map((file) => JSON.parse(readFileSync(file, "utf8")).name),
    bytes: files.reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0)
  }
}

const checks = {
  "the archive holds the built package and nothing else": () => {
    const [{ files }] = JSON.parse(
      run(root, "npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", place])
    )
    const paths = files.map((file) => file.path)
    const strangers = paths.filter((path) =>
      !/^(dist\/|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$)/.test(path) || path.startsWith("dist/playground/")
    )
    assert.deepEqual(strangers, [])
    for (
      const path of ["index", "node", "node-main", "browser", "browser-worker", "bin/clustrix"].map((name) =>
        `dist/${name}.js`
      )
    ) {
      assert.ok(paths.includes(path), `${path} is missing`)
    }
    assert.deepEqual(paths.filter((path) => path.endsWith(".wasm")), [], "the WASM is installed twice")
    assert.ok(paths.includes("dist/THIRD-PARTY-LICENSES.txt"), "nothing says whose code the build holds")
  },

  "no built file knows where it was built": () => {
    const knowing = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(js|ts|json|html|css)$/.test(file))
      .filter((file) => readFileSync(join(root, "dist", file), "utf8").includes(root.slice(0, -1)))
    assert.deepEqual(knowing, [])
  },

  "it installs into an empty project": () => {
    mkdirSync(join(project, "src"), { recursive: true })
    writeFileSync(join(project, "package.json"), `{ "name": "consumer", "private": true, "type": "module" }\n`)
    const archive = readdirSync(place).find((file) => file.endsWith(".tgz"))
    run(project, "npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", join(place, archive)])
    const { bytes, names } = installed()
    console.log(`        ${names.length} packages, ${Math.round(bytes / 1e6)} MB, peers included`)
    assert.ok(names.length <= 45, `${names.length} packages: ${names.join(", ")}`)
    assert.ok(bytes <= 110e6, `${bytes} bytes`)
    // One copy for the program and for us
    assert.deepEqual(names.filter((name) => /^(?:effect|@effect\/platform)$/.test(name)).sort(), [
      "@effect/platform",
      "effect"
    ])
  },

  "its entry points load under Node": () => {
    for (const entry of ["clustrix", "clustrix/node", "clustrix/browser"]) {
      const names = JSON.parse(
        node("-e", `console.log(JSON.stringify(Object.keys(await import("${entry}"))))`, "--input-type=module")
      )
      assert.notEqual(names.length, 0, `${entry} exports nothing`)
    }
    const resolved = (...flags) =>
      node(...flags, "--input-type=module", "-e", `console.log(import.meta.resolve("clustrix"))`).trim()
    assert.match(resolved(), /\/dist\/node-main\.js$/)
    node("--input-type=module", "-e", `await import("./node_modules/clustrix/dist/index.js")`)
  },

  "its declarations satisfy a strict project": () => {
    mkdirSync(join(project, "node_modules/@types"), { recursive: true })
    if (!existsSync(join(project, "node_modules/@types/node"))) {
      symlinkSync(join(root, "node_modules/@types/node"), join(project, "node_modules/@types/node"))
    }
    writeFileSync(
      join(project, "src/consumer.ts"),
      `import * as core from "clustrix"
import * as browser from "clustrix/browser"
import * as node from "clustrix/node"
type AnyKeys<T> = { [K in keyof T]: 0 extends 1 & T[K] ? K : never }[keyof T]
const none: ReadonlyArray<AnyKeys<typeof core> | AnyKeys<typeof browser> | AnyKeys<typeof node>> = []
const isEmpty = <T>(_: [T] extends [never] ? ReadonlyArray<T> : "an export has the type any"): void => {}
isEmpty<AnyKeys<typeof core> | AnyKeys<typeof browser> | AnyKeys<typeof node>>(none)
export const exported: ReadonlyArray<object> = [core, browser, node]
`
    )
    // What the types promise, as the project's own tests have it
    writeFileSync(join(project, "src/types.ts"), readFileSync(join(root, "test/faces/types.ts"), "utf8"))
    const variants = [["nodenext", "nodenext"], ["esnext", "bundler"]].flatMap(([module, moduleResolution]) =>
      [["es2023", "dom", "dom.iterable"], ["es2023"]].map((lib) => ({ module, moduleResolution, lib }))
    )
    const consumer = readFileSync(join(project, "src/consumer.ts"), "utf8")
    for (const { lib, module, moduleResolution } of variants) {
      // Pages have the DOM
      writeFileSync(
        join(project, "src/consumer.ts"),
        lib.includes("dom") ? consumer : consumer
          .replace(`import * as browser from "clustrix/browser"`, "const browser = {}")
      )
      const compilerOptions = {
        module,
        moduleResolution,
        target: "es2022",
        lib,
        types: ["node"],
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noEmit: true,
        skipLibCheck: false
      }
      writeFileSync(
        join(project, "tsconfig.json"),
        JSON.stringify({ compilerOptions, include: ["src/consumer.ts", "src/types.ts"] })
      )
      const { stdout, status } = spawnSync(
        process.execPath,
        [join(root, "node_modules/typescript/bin/tsc"), "-p", "."],
        {
          cwd: project,
          encoding: "utf8"
        }
      )
      // What other packages' declarations say among themselves is not ours to mend.
      const ours = stdout.split("\n").filter((line) =>
        /error TS/.test(line) && !/^node_modules\/(?!clustrix\/)/.test(line)
      )
      assert.deepEqual(ours, [], `${moduleResolution} with ${lib.join(", ")}`)
      if (status !== 0 && stdout === "") throw new Error(`tsc ended with ${status}`)
    }
  },

  "a program in CommonJS uses it": () => Consumers.commonJs(project, node),

  "a server that Vite bundles uses it": () => Consumers.viteServer(project, node),

  "an application of Next.js uses it": () => {
    const archive = readdirSync(place).find((file) => file.endsWith(".tgz"))
    return Consumers.nextApplication(
      place,
      join(place, archive),
      (directory, ...args) => run(directory, "npm", args),
      environment
    )
  },

  "its page runs in Chromium, bundled with Vite": () => Page.withVite(project, readme),

  "its page runs in Chromium, bundled with esbuild": () => Page.withEsbuild(project, readme),

  "its command packages and runs a function": () => {
    writeFileSync(join(project, "src/helper.ts"), "export const double = (n: number): number => n * 2\n")
    writeFileSync(
      join(project, "src/main.ts"),
      `import { double } from "./helper.js"\nexport function main(n: number): number {\n  return double(n) + 1\n}\n`
    )
    const clustrix = join(project, "node_modules/.bin/clustrix")
    assert.match(run(project, clustrix, ["--version"]), new RegExp(manifest.version.replaceAll(".", "\\.")))
    const info = JSON.parse(run(project, clustrix, ["package", "src/main.ts#main", "--json"]))
    assert.match(info.packageId, /^[0-9a-f]{16}$/)
    assert.match(run(project, clustrix, ["run", "src/main.ts#main", "--args", "[20]"]), /41/)
  }
}

let failed = 0
try {
  // Always: what an earlier build left would be checked instead of this checkout
  run(root, process.execPath, ["scripts/build.mjs"])
  for (const [title, check] of Object.entries(checks)) {
    try {
      await check()
      console.log(`ok      ${title}`)
    } catch (cause) {
      failed++
      console.error(`FAILED  ${title}\n${cause instanceof Error ? cause.message : cause}`)
    }
  }
} finally {
  rmSync(place, { recursive: true, force: true })
}
process.exitCode = failed === 0 ? 0 : 1

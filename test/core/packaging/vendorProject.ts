/**
 * A project with real npm packages of each kind: scoped, in two versions, with a bundle, with commands, from a tarball.
 */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"

const run = (directory: string, program: string, words: ReadonlyArray<string>): string => {
  const ran = spawnSync(program, words, { cwd: directory, encoding: "utf8" })
  if (ran.status !== 0) throw new Error(`${program} ${words.join(" ")}: ${ran.stderr}${ran.stdout}`)
  return ran.stdout
}

export const write = (directory: string, files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
    fs.writeFileSync(path.join(directory, name), text)
  }
}

const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]

export const install = (directory: string): string => run(directory, "npm", ["install", ...quiet])
export const ci = (directory: string): string => run(directory, "npm", ["ci", ...quiet])

const json = (value: unknown): string => `${JSON.stringify(value)}\n`

/** Packs a package that brings `inner` and what that needs, and has a command. */
export const packBundler = (scratch: string): string => {
  const source = path.join(scratch, "bundler-source")
  write(source, {
    "package.json": json({
      name: "bundler",
      version: "1.2.3",
      bin: { bundler: "cli.js" },
      dependencies: { inner: "1.0.0", ms: "2.0.0" },
      bundleDependencies: ["inner"]
    }),
    "index.js": "module.exports = () => `bundler ${require('inner')} ${require('ms/package.json').version}`\n",
    "cli.js": "#!/usr/bin/env node\nconsole.log('hello')\n",
    "node_modules/inner/package.json": json({ name: "inner", version: "1.0.0", dependencies: { deeper: "1.0.0" } }),
    "node_modules/inner/index.js": "module.exports = 'inner ' + require('deeper')\n",
    "node_modules/deeper/package.json": json({ name: "deeper", version: "1.0.0" }),
    "node_modules/deeper/index.js": "module.exports = 'deeper'\n"
  })
  return path.join(scratch, "bundler-source", run(source, "npm", ["pack", "--loglevel=error"]).trim())
}

export const sources: Readonly<Record<string, string>> = {
  "src/main.ts": `import is from "@sindresorhus/is"
import bundler from "bundler"
import debug from "debug"
import ms from "ms"
import semver from "semver"
import { createRequire } from "node:module"
export const main = (text: string) => {
  const require = createRequire(import.meta.url)
  const nested = createRequire(require.resolve("debug"))("ms/package.json").version
  return [ms(text), is.string(text), bundler(), typeof debug("x"), nested, semver.inc("1.2.3", "minor")]
}
export const plain = () => 1
`
}

/** What {@link sources}' `main` gives for "2 days". */
export const expected = [172_800_000, true, "bundler inner deeper 2.0.0", "function", "2.0.0", "1.3.0"]

/** Makes the project, with its lockfile, at `directory`. */
export const make = (directory: string, tarball: string): void => {
  write(directory, {
    "package.json": json({
      name: "vendored",
      type: "module",
      dependencies: {
        "@sindresorhus/is": "4.6.0",
        bundler: "file:bundler-1.2.3.tgz",
        debug: "2.6.9",
        ms: "2.1.3",
        semver: "6.3.1"
      }
    }),
    ...sources
  })
  fs.copyFileSync(tarball, path.join(directory, "bundler-1.2.3.tgz"))
  install(directory)
}

/** Another checkout: the files of `from` but node_modules, created in another order, and installed anew. */
export const checkOut = (from: string, to: string): void => {
  const names = fs.readdirSync(from).filter((name) => name !== "node_modules").sort().reverse()
  fs.mkdirSync(to, { recursive: true })
  for (const name of names) fs.cpSync(path.join(from, name), path.join(to, name), { recursive: true })
  ci(to)
}

/** Copies `from` file by file, the last one first. */
export const copyBackwards = (from: string, to: string): void => {
  fs.mkdirSync(to, { recursive: true })
  for (const entry of fs.readdirSync(from, { withFileTypes: true }).reverse()) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)]
    if (entry.isDirectory()) copyBackwards(source, target)
    else if (entry.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(source), target)
    else fs.copyFileSync(source, target)
  }
}

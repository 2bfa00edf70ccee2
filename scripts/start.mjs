/**
 * `npm start`: the main job on this machine. Builds the `clustrix` command when it is missing or older than the sources,
 * then packages the example `mainAnalysis`, shows what went in and why, runs it as a local job and prints the result.
 */
import { spawnSync } from "node:child_process"
import { readdirSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const command = `${root}dist/bin/clustrix.js`

const changed = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
const newest = (folder) =>
  Math.max(
    ...readdirSync(folder, { withFileTypes: true, recursive: true }).map((entry) =>
      changed(`${entry.parentPath ?? entry.path}/${entry.name}`)
    )
  )

const run = (...args) => {
  const { status, signal } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" })
  if (status !== 0) process.exit(signal === null ? status ?? 1 : 1)
}

const sources = Math.max(
  ...["core", "platform-node"].map((folder) => newest(`${root}${folder}`)),
  ...["package-lock.json", "vite.config.ts"].map((file) => changed(`${root}${file}`))
)
if (changed(command) < sources) {
  console.log("Building the clustrix command, which takes half a minute ...")
  run("scripts/build.mjs", "command")
}

const args = ["run", "examples/local-dependencies/main.ts#mainAnalysis", "--explain", ...process.argv.slice(2)]
console.log(`clustrix ${args.join(" ")}`)
run(command, ...args)

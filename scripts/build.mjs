/**
 * `node scripts/build.mjs [library|types|command|playground ...]`: builds those parts into `dist/`; without a part, all.
 */
import { spawnSync } from "node:child_process"
import { rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build } from "vite"

const root = fileURLToPath(new URL("..", import.meta.url))

const vite = (mode) => () => build({ root, configFile: `${root}vite.config.ts`, mode })

const declarations = () => {
  rmSync(`${root}dist/types`, { recursive: true, force: true })
  const { status } = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p",
    "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit"
  })
  if (status !== 0) throw new Error("The type declarations could not be written: the errors are above.")
}

const parts = {
  library: vite("library"),
  types: declarations,
  command: vite("command"),
  playground: vite("playground")
}

const asked = process.argv.slice(2)
const unknown = asked.filter((part) => !(part in parts))
if (unknown.length > 0) {
  console.error(`There is no part "${unknown.join(", ")}" to build. Parts: ${Object.keys(parts).join(", ")}.`)
  process.exit(2)
}
if (asked.length === 0) rmSync(`${root}dist`, { recursive: true, force: true })
for (const [name, part] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const started = performance.now()
  await part()
  console.log(`built ${name} in ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

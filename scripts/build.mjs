/**
 * `node scripts/build.mjs [library|types|command|playground ...]`: builds those parts into `dist/`; without a part, all.
 */
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build } from "vite"

const root = fileURLToPath(new URL("..", import.meta.url))

const vite = (mode) => () => build({ configFile: `${root}vite.config.ts`, mode })

const declarations = () => {
  rmSync(`${root}dist/types`, { recursive: true, force: true })
  const { status } = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p",
    "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit"
  })
  if (status !== 0) throw new Error("The type declarations could not be written: the errors are above.")
  // tsc leaves `.ts` in the specifiers of declarations, where no `.ts` file lies.
  for (const file of readdirSync(`${root}dist/types`, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".d.ts")) continue
    const text = readFileSync(`${root}dist/types/${file}`, "utf8")
    writeFileSync(
      `${root}dist/types/${file}`,
      text.replace(/((?:from|import)\s*\(?\s*"\.{1,2}\/[^"]*)\.ts"/g, "$1.js\"")
    )
  }
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

/**
 * `node scripts/complete-lockfile.mjs`, after `npm install`: names in package-lock.json the builds for other platforms that
 * the registry at hand did not have. npm leaves them out, and then refuses its own lockfile: `npm ci` says "Missing:
 * @rollup/rollup-darwin-x64@ from lock file" (npm/cli issue 9846). Entries without integrity: npm fills it in where it
 * installs them.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url))
const lock = JSON.parse(readFileSync(file, "utf8"))

const systems = ["android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "aix", "win32"]
const processors = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"]
const libraries = { musl: "musl", musleabihf: "musl", gnu: "glibc", gnueabihf: "glibc", glibc: "glibc" }

/** What the package runs on, read from its name: `rollup-linux-arm-gnueabihf`. */
const platform = (name) => {
  const words = name.split(/[/-]/)
  const os = systems.find((system) => words.includes(system))
  const cpu = processors.find((processor) => words.includes(processor))
  if (os === undefined || cpu === undefined) throw new Error(`What platform is ${name} for? Add it by hand.`)
  const libc = os === "linux" ? libraries[words.at(-1)] : undefined
  return { cpu: [cpu], libc: libc && [libc], os: [os] }
}

const isLocked = (from, name) => {
  for (let path = from; path !== ""; path = path.slice(0, Math.max(0, path.lastIndexOf("node_modules/") - 1))) {
    if (`${path}/node_modules/${name}` in lock.packages) return true
  }
  return `node_modules/${name}` in lock.packages
}

let added = 0
for (const [path, { dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (isLocked(path, name)) continue
    if (!/^\d+\.\d+\.\d+[\w.-]*$/.test(version)) throw new Error(`${name}@${version} of ${path} has no exact version.`)
    const { cpu, libc, os } = platform(name)
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu,
      ...(dev && { dev }),
      ...(libc && { libc }),
      optional: true,
      os
    }
    added++
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} entries added`)

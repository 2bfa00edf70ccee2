/**
 * What Vite builds, by mode: `library` (the three entry points, dependencies left out), `command` (the `clustrix`
 * command, everything inside), and `playground` (the web page). Vitest reads its own section from here too.
 */
import { createHash } from "node:crypto"
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { builtinModules } from "node:module"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { type Plugin, type UserConfig } from "vite"
import { defineConfig } from "vitest/config"
import { connectionDocument } from "./playground/src/connection/connectionDocument.ts"
import { frameDocument } from "./platform-browser/run/Frame.ts"

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The oldest Node that the packager runs on. */
const target = "node20"

const alias = [
  { find: /^clustrix$/, replacement: here("platform-node/main.ts") },
  { find: /^clustrix\/node$/, replacement: here("platform-node/index.ts") },
  { find: /^clustrix\/browser$/, replacement: here("platform-browser/index.ts") },
  { find: /^clustrix\/browser\/worker$/, replacement: here("platform-browser/worker/main.ts") }
]

/** Digest of all that decides what a package holds: the packager's sources, and the versions of what it uses. */
const sources = (): string => {
  const hash = createHash("sha256")
  for (const folder of ["core", "platform-node"]) {
    for (const file of readdirSync(here(folder), { recursive: true, encoding: "utf8" }).sort()) {
      if (file.endsWith(".ts")) hash.update(`${folder}/${file}\0`).update(readFileSync(here(`${folder}/${file}`)))
    }
  }
  return hash.update(readFileSync(here("package-lock.json"))).digest("hex")
}

const define = { __CLUSTRIX_BUILD__: JSON.stringify(sources()) }

/**
 * Packages that each bring many others and are used in one place: the build holds the part that is needed, so that they are not
 * installed. Of @effect/platform-node that is Node's file system and paths, over the user's own copy of @effect/platform.
 */
const held =
  /^(?:@effect\/platform-node(?:-shared)?|@yarnpkg\/parsers|js-yaml|argparse|tslib|tar|@isaacs\/fs-minipass|chownr|minipass|minizlib|yallist|fast-xml-parser|@nodable\/entities|fast-xml-builder|is-unsafe|path-expression-matcher|strnum|anynum|xml-naming)(?:\/|$)/

const isHeld = (specifier: string): boolean => held.test(specifier)

/** Says whose code the library holds. */
const libraryLicences: Plugin = {
  name: "clustrix:licences",
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((chunk) => chunk.type === "chunk" ? chunk.moduleIds : [])
    this.emitFile({
      type: "asset",
      fileName: "THIRD-PARTY-LICENSES.txt",
      source: licences(modules.filter((id) => id.includes("/node_modules/")))
    })
  }
}

const library: UserConfig = {
  define,
  plugins: [libraryLicences],
  ssr: { external: true, noExternal: [held] },
  build: {
    ssr: true,
    target: ["es2022", target],
    outDir: "dist",
    emptyOutDir: false,
    minify: false,
    reportCompressedSize: false,
    rollupOptions: {
      input: {
        index: here("core/index.ts"),
        node: here("platform-node/index.ts"),
        "node-main": here("platform-node/main.ts"),
        browser: here("platform-browser/index.ts"),
        "browser-worker": here("platform-browser/worker/main.ts")
      },
      external: (specifier) => !/^(\.|\/|[A-Za-z]:|\0)/.test(specifier) && !isHeld(specifier),
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "chunks/[name]-[hash].js",
        hoistTransitiveImports: false
      }
    }
  }
}

const bin = here("dist/bin")

/** The licences of the packages that `modules` come from. */
const licences = (modules: ReadonlyArray<string>): string => {
  const folders = modules.flatMap((id) =>
    /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0].replace(/^\0/, "") ?? []
  )
  return [...new Set(folders)].sort().map((folder) => {
    const { license, name, version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as Record<
      string,
      string
    >
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file === undefined ? "" : `\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}`
    return `${name} ${version} (${license})${text}\n`
  }).join(`\n${"-".repeat(80)}\n\n`)
}

/** SWC's WASM is not copied: it is that of the dependency @swc/wasm-web, which the library and pages use, too. */
const executable: Plugin = {
  name: "clustrix:executable",
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((chunk) => chunk.type === "chunk" ? chunk.moduleIds : [])
    this.emitFile({ type: "asset", fileName: "THIRD-PARTY-LICENSES.txt", source: licences(modules) })
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === "chunk" && chunk.isEntry && !chunk.code.startsWith("#!")) {
        chunk.code = `#!/usr/bin/env node\n${chunk.code}`
      }
    }
  },
  closeBundle() {
    const entry = `${bin}/clustrix.js`
    if (!existsSync(entry)) return
    chmodSync(entry, 0o755)
  }
}

const commonJsNames = [
  "import { createRequire as __createRequire } from \"node:module\";",
  "import { fileURLToPath as __fileURLToPath } from \"node:url\";",
  "const require = __createRequire(import.meta.url);",
  "const __filename = __fileURLToPath(import.meta.url);",
  "const __dirname = __fileURLToPath(new URL(\".\", import.meta.url));"
].join("\n")

const command: UserConfig = {
  plugins: [executable],
  define,
  resolve: { alias },
  ssr: { noExternal: true, external: [...builtinModules] },
  esbuild: { minifyWhitespace: true, minifySyntax: true, minifyIdentifiers: false, legalComments: "none" },
  build: {
    ssr: true,
    target,
    outDir: "dist/bin",
    emptyOutDir: true,
    minify: "esbuild",
    reportCompressedSize: false,
    // Native parts of ssh2, which it can do without: left as calls that fail, whatever is built on this machine
    commonjsOptions: { ignore: (id: string) => id.endsWith(".node") || id === "cpu-features" },
    rollupOptions: {
      input: { clustrix: here("platform-node/cli/main.ts") },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
        // ssh2 is CommonJS that asks where it lies, and for native parts that it can do without
        banner: ({ moduleIds }) => moduleIds.some((id) => id.includes("/node_modules/ssh2/")) ? commonJsNames : ""
      }
    }
  }
}

/** Serves the parser compressed, and lets the browser keep it: what a server of the built site should do as well. */
const compressedParser: Plugin = {
  name: "clustrix:compressed-parser",
  configureServer: ({ middlewares }) => {
    const file = here("node_modules/@swc/wasm-web/wasm_bg.wasm")
    let compressed: Promise<Buffer> | undefined
    middlewares.use((request, response, next) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1")
      const isCompressible = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "")
      // With `import` it is the module that says where the file is
      if (!isCompressible || searchParams.has("import") || !pathname.endsWith("/@swc/wasm-web/wasm_bg.wasm")) {
        return next()
      }
      // Once for the server's life
      compressed ??= promisify(gzip)(readFileSync(file))
      compressed.then((bytes) => {
        response.writeHead(200, {
          "content-type": "application/wasm",
          "content-encoding": "gzip",
          "content-length": bytes.length,
          "cache-control": "max-age=86400",
          vary: "accept-encoding"
        })
        response.end(bytes)
      }, next)
    })
  }
}

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>
}

/** A lockfile for the example with npm packages, which in a page stands alone: its part of the project's own. */
const exampleLockfile: Plugin = {
  name: "clustrix:example-lockfile",
  resolveId: (id) => id === "virtual:clustrix-example-lockfile" ? `\0${id}` : undefined,
  load(id) {
    if (id !== "\0virtual:clustrix-example-lockfile") return undefined
    const { packages, ...lockfile } = JSON.parse(readFileSync(here("package-lock.json"), "utf8")) as {
      readonly packages: Readonly<Record<string, LockedPackage>>
    }
    const example = packages["examples/external-packages"] ?? {}
    const needed = new Map<string, LockedPackage>([["", example]])
    const pending = Object.keys(example.dependencies ?? {})
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      const place = `node_modules/${name}`
      const locked = packages[place]
      if (locked === undefined) this.error(`package-lock.json has no ${place}, which the example needs`)
      if (needed.has(place)) continue
      needed.set(place, locked)
      pending.push(...Object.keys(locked.dependencies ?? {}))
    }
    const text = JSON.stringify(
      { ...lockfile, name: "external-packages", packages: Object.fromEntries(needed) },
      null,
      2
    )
    return `export default ${JSON.stringify(text)}`
  }
}

/**
 * Documents of their own address, so that each has a policy of its own: the sandbox of a run, and the frame that connects to
 * what somebody named.
 */
const frames: Readonly<Record<string, string>> = {
  "sandbox.html": frameDocument,
  "connect.html": connectionDocument
}

/** Types of the language and of Node by the path where TypeScript's language service looks for them, as JSON. */
const typeLibraries = (): string => {
  const texts: Record<string, string> = {}
  const standard = here("node_modules/typescript-api/lib/")
  // Not the page's own: a function runs where there is no DOM
  const isWanted = (name: string): boolean =>
    /^lib\..*\.d\.ts$/.test(name) && !/^lib\.(?:dom|webworker|scripthost|esnext)/.test(name) &&
    !name.endsWith(".full.d.ts")
  for (const name of readdirSync(standard)) {
    if (isWanted(name)) texts[`/${name}`] = readFileSync(standard + name, "utf8")
  }
  for (const name of ["@types/node", "undici-types"]) {
    const folder = here(`node_modules/${name}/`)
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      const isText = file.endsWith(".d.ts") || file === "package.json"
      // Types for older versions of TypeScript
      if (isText && !/(?:^|\/)ts\d/.test(file)) {
        texts[`/node_modules/${name}/${file}`] = readFileSync(folder + file, "utf8")
      }
    }
  }
  texts["/clustrix.d.ts"] = "declare module \"clustrix\"\ndeclare module \"clustrix/node\"\n"
  return JSON.stringify(texts)
}

/** What `typescript` asks of Node, and what a page does not have. */
const typescriptInPage: Plugin = {
  name: "clustrix:typescript-in-page",
  enforce: "pre",
  resolveId: (id, importer) =>
    importer?.includes("/typescript-api/") === true && builtinModules.includes(id.replace(/^node:/, ""))
      ? `\0none:${id}` : undefined,
  load: (id) => id.startsWith("\0none:") ? "export default {}" : undefined
}

const frameDocuments: Plugin = {
  name: "clustrix:frame-documents",
  generateBundle() {
    for (const [fileName, source] of Object.entries(frames)) this.emitFile({ type: "asset", fileName, source })
    this.emitFile({ type: "asset", fileName: "types.json", source: typeLibraries() })
  },
  configureServer: ({ middlewares }) => {
    middlewares.use((request, response, next) => {
      const name = new URL(request.url ?? "/", "http://127.0.0.1").pathname.slice(1)
      if (name === "types.json") {
        response.writeHead(200, { "content-type": "application/json" })
        return response.end(typeLibraries())
      }
      if (!Object.hasOwn(frames, name)) return next()
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" })
      response.end(frames[name])
    })
  }
}

/** Writes `sw.js` with the names of all files of the page. */
const serviceWorker: Plugin = {
  name: "clustrix:service-worker",
  enforce: "post",
  generateBundle: {
    order: "post",
    handler(_options, bundle) {
      const names = Object.keys(bundle).filter((name) => !name.endsWith(".wasm")).sort()
      const isLater = (name: string): boolean => name === "types.json" || /\/typeWorker-/.test(name)
      const files = ["./", ...names.filter((name) => !isLater(name))]
      const later = names.filter(isLater)
      const hash = createHash("sha256")
      for (const name of names) {
        const part = bundle[name]
        hash.update(name).update(part === undefined ? "" : part.type === "chunk" ? part.code : part.source)
      }
      const head = `const VERSION = ${JSON.stringify(hash.digest("hex").slice(0, 16))}\n` +
        `const FILES = ${JSON.stringify(files)}\nconst LATER = ${JSON.stringify(later)}\n`
      this.emitFile({
        type: "asset",
        fileName: "sw.js",
        source: head + readFileSync(here("playground/serviceWorker.js"), "utf8")
      })
    }
  }
}

const playground: UserConfig = {
  plugins: [compressedParser, exampleLockfile, frameDocuments, serviceWorker],
  root: here("playground"),
  base: "./",
  resolve: { alias },
  define: {
    __PARSER_BYTES__: JSON.stringify(statSync(here("node_modules/@swc/wasm-web/wasm_bg.wasm")).size)
  },
  worker: { format: "es", plugins: () => [typescriptInPage] },
  // What is found late makes the page of `npm run playground` load anew, and forget what was typed
  optimizeDeps: { entries: [here("playground/index.html"), here("platform-browser/worker/main.ts")] },
  build: {
    target: "es2022",
    outDir: here("dist/playground"),
    emptyOutDir: true,
    chunkSizeWarningLimit: 4_096,
    reportCompressedSize: false
  }
}

const builds: Readonly<Record<string, UserConfig>> = { library, command, playground }

export default defineConfig(({ mode }) => ({
  root: here("."),
  logLevel: mode in builds && mode !== "playground" ? "warn" : "info",
  ...builds[mode],
  ...(mode in builds ? {} : { resolve: { alias } }),
  test: {
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    exclude: ["test/**/fixtures/**", "**/node_modules/**"],
    pool: "forks",
    // Many tests wait for servers: a core that Vitest would leave free by default has work to do
    poolOptions: { forks: { maxForks: Math.max(2, availableParallelism()) } },
    // Ends what hangs; how fast something is says the bench
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: process.env["CI"] === undefined ? ["default"] : ["default", ["json", { outputFile: ".ci/results.json" }]]
  }
}))

/**
 * What to say when a specifier leads to nothing.
 */
import * as Effect from "effect/Effect"
import * as Quotation from "../diagnostics/Quotation.ts"
import * as Builtin from "./Builtin.ts"
import type { FileTree } from "./FileTree.ts"
import * as NearName from "../diagnostics/NearName.ts"
import type { PackageJsons } from "./PackageJson.ts"
import type { Probe } from "./Probe.ts"
import { Refusal } from "./Refusal.ts"
import type { Request } from "./Request.ts"
import type { Root } from "./Root.ts"

export interface NotFound {
  /** For a path (relative, absolute, of a URL) that should lead to `target`. */
  readonly path: (target: string, request: Request) => Effect.Effect<never, Refusal>
  /** For the package `name`, which is installed nowhere above. */
  readonly package: (name: string, request: Request) => Effect.Effect<never, Refusal>
  /** For a module `node:x` that no Node has. */
  readonly builtin: (name: string) => Effect.Effect<never, Refusal>
}

const pnpFiles = [".pnp.cjs", ".pnp.js", ".pnp.loader.mjs"]

/** Lock files, and the command that installs what they say. */
const installers: ReadonlyArray<readonly [file: string, command: string]> = [
  ["package-lock.json", "npm install"],
  ["pnpm-lock.yaml", "pnpm install"],
  ["yarn.lock", "yarn install"],
  ["bun.lock", "bun install"],
  ["bun.lockb", "bun install"]
]

const quoted = (names: ReadonlyArray<string>): string => names.map((name) => Quotation.quoted(name)).join(" or ")

/** The stem that a person compares: without the extension of a module. */
const stem = (name: string): string => name.replace(/(?:\.d)?\.(?:[cm]?[jt]sx?|json)$/, "")

export const make = (tree: FileTree, probe: Probe, packageJsons: PackageJsons, root: Root): NotFound => {
  const { path } = tree

  const triedNames = (request: Request) => Effect.forEach([...new Set(request.tried)], (each) => root.name(each))

  const listed = (names: ReadonlyArray<string>): string =>
    names.length === 0 ? "nothing could be looked for" : `looked for ${names.join(", ")}`

  /** Entries near the part of `target` that does not exist, each as the specifier that would lead there. */
  const suggestions = (target: string, request: Request) =>
    Effect.gen(function*() {
      let missing = target
      for (;;) {
        const up = path.dirname(missing)
        if (up === missing) return []
        const parent = yield* tree.find(up)
        if (parent?.type === "Directory") break
        missing = up
      }
      const names = yield* tree.names(path.dirname(missing))
      const wanted = path.basename(missing)
      const exact = names.filter((name) =>
        stem(name) === stem(wanted) && name !== wanted && !/\.d\.[cm]?ts$/.test(name)
      )
      const byStem = new Map(names.map((name) => [stem(name), name]))
      const near = NearName.near(stem(wanted), byStem.keys()).flatMap((each) => byStem.get(each) ?? [])
      const rest = path.relative(missing, target)
      return [...new Set([...exact, ...near])].slice(0, 3).map((name) => {
        const at = path.relative(path.dirname(request.referrer), path.join(path.dirname(missing), name, rest))
        const slashed = at.split(path.sep).join("/")
        return slashed.startsWith(".") ? slashed : `./${slashed}`
      })
    })

  const ofPath: NotFound["path"] = (target, request) =>
    Effect.gen(function*() {
      const tried = yield* triedNames(request)
      const declaration = yield* probe.declaration(target)
      const near = yield* suggestions(target, request)
      return yield* new Refusal({
        reason: "NotFound",
        what: `cannot resolve ${Quotation.quoted(request.specifier)}`,
        why: declaration === undefined
          ? listed(tried)
          : `only the type declarations ${yield* root.name(declaration.path)} are there, no code`,
        remedy: declaration !== undefined
          ? "import only types from it (import type), or add the module that it describes"
          : near.length > 0
          ? `did you mean ${quoted(near)}?`
          : "correct the path, or add the file",
        tried,
        available: near
      })
    })

  const ofPackage: NotFound["package"] = (name, request) =>
    Effect.gen(function*() {
      const tried = yield* triedNames(request)
      const what = `cannot resolve ${Quotation.quoted(request.specifier)}: the package ${name} is not installed`
      let declared: string | undefined
      let command: string | undefined
      let typings: string | undefined
      const known: Array<string> = [...Builtin.names.map((each) => each.slice("node:".length))]
      for (const at of tree.ancestors(request.directory)) {
        const names = yield* tree.names(at)
        const pnp = pnpFiles.find((each) => names.includes(each))
        if (pnp !== undefined) {
          return yield* new Refusal({
            reason: "InvalidConfiguration",
            what: `cannot resolve ${
              Quotation.quoted(request.specifier)
            }: this project is installed with Yarn Plug'n'Play`,
            why: `${yield* root.name(
              path.join(at, pnp)
            )} takes the place of node_modules, and its packages lie in archives`,
            remedy: `write "nodeLinker: node-modules" in .yarnrc.yml and run "yarn install"`,
            tried
          })
        }
        command ??= installers.find(([file]) => names.includes(file))?.[1]
        const manifest = yield* packageJsons.of(at)
        known.push(...manifest?.dependencies ?? [])
        if (manifest?.dependencies.includes(name) === true) declared ??= manifest.file
        const modules = path.join(at, "node_modules")
        for (const each of yield* tree.names(modules)) {
          if (each.startsWith(".")) continue
          if (each.startsWith("@")) {
            known.push(...(yield* tree.names(path.join(modules, each))).map((sub) => `${each}/${sub}`))
          } else known.push(each)
        }
        const types = path.join(modules, "@types", name.replace(/^@([^/]+)\//, "$1__"))
        if ((yield* tree.find(types))?.type === "Directory") typings ??= yield* root.name(types)
        if (yield* root.isRoot(at)) break
      }
      const install = command ?? "npm install"
      const add = install.replace(/^(pnpm|yarn|bun) install$/, "$1 add")
      const near = NearName.near(name, known)
      return yield* new Refusal({
        reason: "NotFound",
        what,
        why: declared !== undefined
          ? `${declared} depends on it, but it is in no node_modules above the module`
          : typings !== undefined
          ? `only its type declarations are installed (${typings})`
          : listed(tried),
        remedy: declared !== undefined
          ? `run "${install}"`
          : near.length > 0
          ? `did you mean ${quoted(near)}? Else run "${add} ${name}"`
          : `run "${add} ${name}"`,
        tried,
        available: near
      })
    })

  return {
    path: ofPath,
    package: ofPackage,
    builtin: (name) => {
      const near = NearName.near(name.slice("node:".length), Builtin.names.map((each) => each.slice("node:".length)))
        .map((each) => `node:${each}`)
      return Effect.fail(
        new Refusal({
          reason: "NotFound",
          what: `Node has no module ${Quotation.quoted(name)}`,
          why: "it is a built-in module of no version from 18 to 26",
          remedy: near.length > 0 ? `did you mean ${quoted(near)}?` : "correct the name",
          available: near
        })
      )
    }
  }
}

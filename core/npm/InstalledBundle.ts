/**
 * The packages that the tarball of an installed one brought in its `node_modules`.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import type { InstalledCopy } from "./InstalledCopies.ts"
import * as JsonText from "./JsonText.ts"
import type { LockfileError } from "./LockfileError.ts"
import type { LockGraph } from "./LockGraph.ts"
import { installedName } from "./PackageTree.ts"

/** By place of the bundling package, where the lockfile speaks of places. */
const bundlesOf = (graph: LockGraph): ReadonlyMap<string, ReadonlyArray<string>> => {
  const bundles = new Map<string, Array<string>>()
  for (const { id, source } of graph.nodes.values()) {
    if (source._tag !== "Bundled" || id !== `${source.owner}/node_modules/${installedName(id)}`) continue
    bundles.set(source.owner, [...bundles.get(source.owner) ?? [], installedName(id)])
  }
  return bundles
}

const namesIn = (manifest: JsonText.JsonObject): ReadonlyArray<string> => {
  const names = manifest["bundleDependencies"] ?? manifest["bundledDependencies"]
  return names === true
    ? JsonText.stringMembers(manifest["dependencies"]).map(([name]) => name)
    : JsonText.strings(names) ?? []
}

/**
 * Tells the names, sorted. npm's lockfile has them all; of others only what the package names is known, and what lies
 * with that for the sake of it is looked for. `placed` are the places of the pruned tree.
 */
export const make = (base: string, graph: LockGraph, placed: ReadonlySet<string>) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const bundles = bundlesOf(graph)
    return ({ directory, item, manifest }: InstalledCopy): Effect.Effect<ReadonlyArray<string>, LockfileError> =>
      Effect.gen(function*() {
        const place = path.relative(base, directory).split(path.sep).join("/")
        if (graph.nodes.has(place)) return [...bundles.get(place) ?? []].sort(Order.string)
        const names = new Set<string>()
        const pending = [...namesIn(manifest)]
        for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
          if (names.has(name) || placed.has(`${item.path}/node_modules/${name}`)) continue
          const file = path.join(directory, "node_modules", ...name.split("/"), "package.json")
          const text = yield* Effect.option(fs.readFileString(file))
          if (text._tag === "None") continue
          names.add(name)
          const inner = yield* JsonText.parse(file, text.value)
          for (const field of ["dependencies", "optionalDependencies"]) {
            pending.push(...JsonText.stringMembers(inner[field]).map(([key]) => key))
          }
        }
        return [...names].sort(Order.string)
      })
  })

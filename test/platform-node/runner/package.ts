/**
 * A package for the tests of running: functions that end in every way there is.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerOf } from "../../../core/config/Cluster.ts"
import * as ClusterConfig from "../../../core/config/ClusterConfig.ts"
import * as PackageEntry from "../../../core/archive/PackageEntry.ts"
import { sealPackage } from "../../../core/archive/SealPackage.ts"
import * as Metadata from "../../../core/archive/Metadata.ts"
import * as PackageStore from "../../../core/archive/PackageStore.ts"
import { execute } from "../../../core/runtime/execute.generated.ts"
import { filesystemUtils } from "../../../core/runtime/filesystem_utils.generated.ts"
import * as Hasher from "../../../platform-node/Hasher.ts"

export const platform = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, Hasher.layer)

/** The same with this machine as the cluster. */
export const local = Layer.merge(platform, layerOf(ClusterConfig.local))

export const module = "modules/src/ways.ts.mjs"

/** The module, one function a line, so that the tests know where each is. */
export const source = `import * as fs from "node:fs"
import { cluster, clusterFind, clusterStat, progress } from "../../filesystem_utils.mjs"
export const echo = (...args) => args
export const rich = () => ({ map: new Map([[1n, new Date(0)]]), bytes: new Uint8Array([1, 2]), nothing: undefined })
export const where = () => ({ cwd: process.cwd(), data: fs.readFileSync("input/a.txt", "utf8"), link: fs.lstatSync("input/a.txt").isSymbolicLink() })
export const append = () => { fs.appendFileSync("input/a.txt", "more"); return fs.readFileSync("input/a.txt", "utf8") }
export const leave = () => { fs.writeFileSync("out.txt", "left"); fs.mkdirSync("sub"); return 1 }
export const files = async () => { const found = await clusterFind("*.csv"); return [found, (await clusterStat(found[0])).size] }
export const environment = () => ({ wanted: process.env.WANTED, unwanted: process.env.UNWANTED ?? null })
export const prints = async () => { console.log("out 1"); console.error("err ☃"); await new Promise((r) => setTimeout(r, 1500)); process.stdout.write("out 2"); return 1 }
export const big = () => { process.stdout.write("x".repeat(5_000_000)); return 1 }
export function* counts() { yield 1; yield Promise.resolve(2); yield 3 }
export async function* streams() { yield "a"; yield "b" }
export function* returns() { yield 1; return 2 }
export class Holder { static factor = 6; static times(n) { return this.factor * n } }
export const inner = cluster({ cores: 2 })(async function named(n) { return [n + 1, this === undefined] })
export const mapped = () => inner.map([1, 2])
export const fails = () => { throw Object.assign(new RangeError("too far", { cause: new TypeError("root") }), { code: "E_FAR", socket: () => 1 }) }
export const rejects = async () => { throw "plain text" }
export const aggregate = () => Promise.any([Promise.reject(new Error("one")), Promise.reject(new Error("two"))])
export const refused = () => ({ a: { b: [1, 2, () => 3] } })
export const unsettled = () => new Promise(() => {})
export const exits = () => process.exit(0)
export const exits9 = () => process.exit(9)
export const stray = () => { Promise.reject(new TypeError("stray")); return new Promise((r) => setTimeout(r, 5000)) }
export const late = () => { setTimeout(() => { throw new Error("late") }, 10); return new Promise((r) => setTimeout(r, 5000)) }
export const lingers = () => { setInterval(() => {}, 1000); return "done" }
export const forever = () => { for (;;); }
export const slow = () => new Promise((r) => setTimeout(r, 60_000))
export const stubborn = () => { process.on("SIGTERM", () => {}); return new Promise((r) => setTimeout(r, 60_000)) }
export const exhausts = () => { const held = []; for (;;) held.push(new Array(100_000).fill({})) }
export const killed = () => { process.kill(process.pid, "SIGKILL") }
export const spawns = async () => { const { spawn } = await import("node:child_process"); const c = spawn("sleep", ["60"]); fs.writeFileSync("child.pid", String(c.pid)); await new Promise((r) => setTimeout(r, 60_000)) }
export const warned = (count) => new Promise((resolve) => { const got = []; const on = (signal) => { got.push(signal); if (got.length === count) resolve(got) }; for (const signal of ["SIGUSR1", "SIGUSR2", "SIGALRM"]) process.on(signal, on); setTimeout(resolve, 20_000); fs.writeFileSync("listening", "") })
export const deaf = async () => { fs.writeFileSync("listening", ""); await new Promise((r) => setTimeout(r, 1000)); return process.env.NODE_OPTIONS ?? "none" }
export const proxy = () => [new Proxy({}, {})]
export const progresses = async () => { progress(1, 4, "a first part"); await new Promise((r) => setTimeout(r, 4000)); progress(4, 4); return "done" }
export const dies = async (ms) => { await new Promise((r) => setTimeout(r, ms)); process.kill(process.ppid, "SIGKILL"); process.kill(process.pid, "SIGKILL") }
export const npm = async () => (await import("tiny")).default
export const value = 5
`

export const lineOf = (name: string): number =>
  source.split("\n").findIndex((line) => new RegExp(`\\b${name}\\b`).test(line) && line.startsWith("export")) + 1

/** A sealed package whose entry is the export `name` of `module`. */
export const sealModule = (module: string, name: string, extra: ReadonlyArray<PackageEntry.PackageEntry>) =>
  Effect.scoped(Effect.gen(function*() {
    const store = yield* PackageStore.PackageStore
    const sealed = yield* sealPackage({
      entries: [
        PackageEntry.text("execute.mjs", execute),
        PackageEntry.text("filesystem_utils.mjs", filesystemUtils),
        ...extra
      ],
      entry: { module, export: name, kind: "function" },
      options: {},
      metadata: Metadata.make({
        function: { name, module, export: name, kind: "function", isAsync: true, lineno: 1 },
        imports: [],
        filesystemCalls: [],
        declarations: [],
        dataFiles: [],
        npmPackages: []
      })
    })
    const access = yield* store.open(sealed.fileName)
    return { digest: sealed.digest, packageId: sealed.packageId, bytes: yield* access.read(0, access.sizeBytes) }
  })).pipe(Effect.provide(PackageStore.layerMemory), Effect.provide(platform))

/** A sealed package whose entry is the export `name` of the sample. */
export const seal = (name: string, extra: ReadonlyArray<PackageEntry.PackageEntry> = []) =>
  sealModule(module, name, [
    PackageEntry.text(module, source),
    PackageEntry.text("data/input/a.txt", "hello"),
    ...extra
  ])

/**
 * The runner of a page: `execute.mjs` for a worker without files, processes and network. Bundled into
 * `sandbox.generated.ts`.
 */
// oxlint-disable-next-line no-restricted-imports -- the npm package of this name
import * as BufferModule from "buffer/"
import path from "path-browserify"
import * as ErrorDescription from "../../../core/runtime/ErrorDescription.ts"
import type { Progress } from "../../../core/runtime/Progress.ts"
import * as ValueText from "../../../core/runtime/ValueText.ts"
import * as MemoryTree from "../../MemoryTree.ts"
import { packageDirectory, projectDirectory, workDirectory } from "../Offered.ts"
import * as Console from "./Console.ts"
import * as FileModule from "./FileModule.ts"
import { Files } from "./Files.ts"
import type { Ending, FromSandbox, Start } from "./Message.ts"
import { ModuleRegistry } from "./ModuleRegistry.ts"
import { Output } from "./Output.ts"
import * as Preview from "../Preview.ts"
import * as Process from "./Process.ts"
import * as UrlModule from "./UrlModule.ts"

const carry: ValueText.EncodeOptions = { errorStacks: true }

/** Addresses that are told of: whoever tries more has been told. */
const mostRefusedConnections = 50

const member = (holder: unknown, name: string): unknown =>
  (typeof holder === "object" && holder !== null) || typeof holder === "function" ? Reflect.get(holder, name)
    : undefined

/** The function that `names` leads to, and the `this` that it is called with. As the runner of a job finds it. */
const functionOf = (namespace: unknown, names: ReadonlyArray<string>, module: string) => {
  const [first = "default", ...rest] = names
  let value = member(namespace, first) ?? member(member(namespace, "default"), first)
  if (typeof value === "object" && first === "default" && rest.length === 0) value = member(value, "default") ?? value
  let receiver: unknown
  for (const name of rest) {
    receiver = value
    value = member(value, name)
  }
  if (typeof value !== "function") {
    throw new Error(`${module} has no function ${names.join(".")}: it is ${value === null ? "null" : typeof value}`)
  }
  const target = value
  return (args: ReadonlyArray<unknown>): unknown => Reflect.apply(target, receiver, args)
}

/** A generator's values, or anything else as it is. */
const collect = async (value: unknown): Promise<{ readonly value: unknown } | { readonly returned: unknown }> => {
  const tag = Object.prototype.toString.call(value)
  if (tag !== "[object Generator]" && tag !== "[object AsyncGenerator]") return { value }
  const generator = value as Generator<unknown, unknown> | AsyncGenerator<unknown, unknown> // its tag says so
  const values: Array<unknown> = []
  for (;;) {
    const step = await generator.next()
    if (step.done === true) return step.value === undefined ? { value: values } : { returned: step.value }
    values.push(await step.value)
  }
}

const provide = (files: Files, { files: given, program }: Start): void => {
  for (const directory of [packageDirectory, projectDirectory, workDirectory, "/tmp"]) {
    files.run("mkdir", directory, (at, now) => files.tree.makeDirectory(at, true, 0o755, now))
  }
  for (const [name, content] of Object.entries(given)) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content
    files.provide(path.join(projectDirectory, name), bytes)
  }
  for (const [name, bytes] of Object.entries(program.files)) {
    files.provide(`${packageDirectory}/${name}`, bytes)
    if (!name.startsWith("data/")) continue
    const place = `${workDirectory}/${name.slice("data/".length)}`
    files.run("mkdir", place, (_, now) => files.tree.makeDirectory(path.dirname(place), true, 0o755, now))
    files.run("symlink", place, (at, now) => {
      const found = files.tree.place(at, false)
      if (found._tag === "Right") {
        files.tree.put(found.right, files.tree.newLink(`${packageDirectory}/${name}`, now), now)
      }
      return found
    })
  }
  files.chdir(workDirectory)
}

/** What the function left where it stood. */
const writtenBelow = (directory: MemoryTree.DirectoryNode, prefix = ""): Record<string, Uint8Array> =>
  // Not assigned: a file may be named `__proto__`
  Object.fromEntries(
    [...directory.children].flatMap(([name, node]): ReadonlyArray<readonly [string, Uint8Array]> =>
      node.type === "Directory" ? Object.entries(writtenBelow(node, `${prefix}${name}/`))
        : node.type === "File" ? [[`${prefix}${name}`, MemoryTree.read(node, 0, node.size)]]
        : []
    )
  )

const written = (files: Files): Record<string, Uint8Array> => {
  const found = files.tree.directory(workDirectory)
  return found._tag === "Right" ? writtenBelow(found.right) : {}
}

const call = async (start: Start, files: Files, builtins: Record<string, Record<string, unknown>>): Promise<Ending> => {
  const { entry, modules } = start.program
  const registry = new ModuleRegistry({
    modules,
    builtins,
    directory: packageDirectory,
    readText: (file) => {
      const { node } = files.run("open", `${packageDirectory}/${file}`, (at) => files.tree.find(at))
      return node.type === "File" ? new TextDecoder().decode(MemoryTree.read(node, 0, node.size)) : ""
    }
  })
  let fn: ReturnType<typeof functionOf>
  try {
    fn = functionOf(await registry.import(entry.module), entry.export.split("."), entry.module)
  } catch (thrown) {
    return { status: "not-loaded", error: ErrorDescription.describe(thrown, carry) }
  }
  // The page wrote them with the same codec
  const args = ValueText.decode(start.args) as ReadonlyArray<unknown>
  const kwargs = ValueText.decode(start.kwargs) as Readonly<Record<string, unknown>>
  let collected: Awaited<ReturnType<typeof collect>>
  try {
    collected = await collect(await fn(Object.keys(kwargs).length === 0 ? args : [...args, kwargs]))
  } catch (thrown) {
    return { status: "threw", error: ErrorDescription.describe(thrown, carry) }
  }
  if ("returned" in collected) {
    return { status: "not-carried", message: "$ is a generator that returns a value besides those that it yields" }
  }
  const encoded = ValueText.encode(collected.value, carry)
  if (!encoded.ok) {
    return { status: "not-carried", message: `${encoded.refusal.path} is ${encoded.refusal.description}` }
  }
  const { previewLimit } = start
  return previewLimit === undefined ? { status: "returned", value: encoded.text, written: written(files) } : {
    status: "previewed",
    preview: Preview.ofValue(encoded.text, previewLimit),
    written: Preview.ofWritten(written(files))
  }
}

/** With a limit on what is shown, errors are cut as well. */
const shortened = (ending: Ending, { previewLimit }: Start): Ending =>
  previewLimit !== undefined && "error" in ending ? { ...ending, error: Preview.ofError(ending.error) } : ending

/**
 * The page hears a program through the port only: what else a worker can say to its owner would arrive where the page's own
 * work is done.
 */
const silence = (): void => {
  for (let holder: object | null = globalThis; holder !== null; holder = Object.getPrototypeOf(holder)) {
    if (Object.hasOwn(holder, "postMessage")) {
      Object.defineProperty(holder, "postMessage", { value: undefined, configurable: false, writable: false })
    }
  }
}

const run = (port: MessagePort, start: Start): void => {
  const post = port.postMessage.bind(port) as (message: FromSandbox) => void // structured clone takes it
  let ended = false
  const end = (ending: Ending): void => {
    if (ended) return
    ended = true
    output.close()
    post({ type: "ended", ending: shortened(ending, start) })
  }
  const output = new Output(start.outputLimit, (chunks) => post({ type: "output", chunks }))
  const write = output.write.bind(output)
  const files = new Files()
  provide(files, start)
  const process = Process.make({
    files,
    env: { CLUSTRIX_FILESYSTEM_ROOT: projectDirectory, HOME: "/tmp", TMPDIR: "/tmp", TZ: "UTC" },
    write,
    exit: (exit) => end({ status: "exited", message: exit.message })
  })
  const { fs, promises } = FileModule.make(files)
  const posix = { ...path, resolve: (...parts: ReadonlyArray<string>) => path.resolve(files.directory, ...parts) }
  const builtins: Record<string, Record<string, unknown>> = {
    "node:buffer": { ...BufferModule, Blob, atob, btoa },
    "node:fs": fs,
    "node:fs/promises": promises,
    "node:path": { ...posix, posix },
    "node:path/posix": { ...posix, posix },
    "node:url": UrlModule.make((file) => posix.resolve(file))
  }
  // The package's own `progress` looks for it; no name of the program's
  Object.defineProperty(globalThis, Symbol.for("clustrix.runner.progress"), {
    value: (progress: Progress) => post({ type: "progress", progress })
  })
  Object.assign(globalThis, {
    Buffer: BufferModule.Buffer,
    console: Console.make(write),
    global: globalThis,
    process,
    setImmediate: (callback: (...args: ReadonlyArray<unknown>) => void, ...args: ReadonlyArray<unknown>) =>
      setTimeout(callback, 0, ...args),
    clearImmediate: clearTimeout
  })
  const uncaught = (thrown: unknown): void =>
    end({ status: "uncaught", error: ErrorDescription.describe(thrown, carry) })
  addEventListener("error", (event) => {
    // Else it goes on to the page
    event.preventDefault()
    uncaught(event.error ?? event.message)
  })
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault()
    uncaught(event.reason)
  })
  const refused = new Set<string>()
  addEventListener("securitypolicyviolation", ({ blockedURI }) => {
    if (refused.has(blockedURI) || refused.size >= mostRefusedConnections) return
    refused.add(blockedURI)
    post({ type: "refused-connection", address: blockedURI.slice(0, 1_000) })
  })
  silence()
  void call(start, files, builtins).then(end)
}

addEventListener("message", ({ data, ports: [port] }: MessageEvent<Start>) => {
  if (port !== undefined) run(port, data)
}, { once: true })

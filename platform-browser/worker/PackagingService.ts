/**
 * What the packaging worker does: the core over files in memory. It keeps what the analysis learnt of each text, so that
 * a keystroke costs only what it changed.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { AnalysisCache } from "../../core/modules/AnalysisCache.ts"
import { SurveyMemory } from "../../core/archive/EntrySurvey.ts"
import { openPackage, verifyPackage } from "../../core/archive/OpenPackage.ts"
import * as RandomAccess from "../../core/archive/RandomAccess.ts"
import { sealPackage } from "../../core/archive/SealPackage.ts"
import { answer } from "../../core/packaging/explain/Answer.ts"
import { findSubject } from "../../core/packaging/explain/Subject.ts"
import * as FunctionReference from "../../core/slicing/FunctionReference.ts"
import type { Hasher } from "../../core/archive/Hasher.ts"
import * as Metadata from "../../core/archive/Metadata.ts"
import { decodeOptions } from "../../core/packaging/PackageOptions.ts"
import type { PreparedPackage } from "../../core/packaging/PreparedPackage.ts"
import { preparePackage } from "../../core/packaging/preparePackage.ts"
import * as PackageStore from "../../core/archive/PackageStore.ts"
import * as SourceMapDocument from "../../core/runtime/SourceMapDocument.ts"
import type { DirectoryEntries } from "../../core/resolution/DirectoryEntries.ts"
import * as Resolver from "../../core/resolution/Resolver.ts"
import type { SourceParser } from "../../core/language/SourceParser.ts"
import * as MemoryFileSystem from "../MemoryFileSystem.ts"
import * as Describe from "./describe.ts"
import { type FunctionMemory, functionsOf, isConfiguration } from "./functionsOf.ts"
import * as LockedPackages from "./LockedPackages.ts"
import type * as Analysis from "./PackageAnalysis.ts"
import * as Positions from "./positions.ts"
import type { FileChanges, FunctionRequest, Method, Methods } from "./Protocol.ts"

/** Where the files of the project lie in memory. No package tells. */
export const projectDirectory = "/project"

/** Longest file whose text an inspection brings along, in bytes. */
const shownBytes = 1_048_576

/** What lasts from request to request. */
export type Services = AnalysisCache | Hasher | Path.Path | SourceParser

type Files = FileSystem.FileSystem | DirectoryEntries

const textOf = (bytes: Uint8Array): string | undefined => {
  if (bytes.length > shownBytes || bytes.includes(0)) return undefined
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** The sandbox of a run is a script of a `blob:`, and the package's modules are files there. */
const isOutsideOfSandbox = (line: string): boolean => !/^\s*at .*\bblob:/.test(line)

/** A copy whose memory can be handed over. */
const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

/** The ZIP of the package, in memory. */
const seal = (prepared: PreparedPackage, memory: SurveyMemory) =>
  Effect.gen(function*() {
    const store = PackageStore.makeMemory()
    const sealed = yield* Effect.provideService(sealPackage(prepared, memory), PackageStore.PackageStore, store)
    const zip = yield* Effect.scoped(
      Effect.flatMap(store.open(sealed.fileName), (access) => access.read(0, access.sizeBytes))
    )
    return { sealed, zip: owned(zip) }
  })

const canonicalModules = (prepared: PreparedPackage): ReadonlyArray<Analysis.CanonicalModule> => {
  const sources = new Map(prepared.files.map(({ path, source }) => [path, source]))
  return prepared.entries.flatMap(({ content, path }) => {
    const file = sources.get(path)
    return file !== undefined && content._tag === "Bytes" && /^modules\/.*\.(mjs|cjs|js)$/.test(path)
      ? [{ path, file, text: new TextDecoder().decode(content.bytes) }]
      : []
  })
}

const inspect = (zip: Uint8Array) =>
  Effect.gen(function*() {
    const opened = yield* verifyPackage(RandomAccess.fromBytes(zip))
    const files = yield* Effect.forEach(opened.entries, ({ compressedBytes, mode, path, sha256, size }) =>
      Effect.map(size > shownBytes ? Effect.succeed(undefined) : opened.read(path), (bytes) => ({
        path,
        mode,
        sizeBytes: size,
        compressedBytes,
        sha256,
        text: bytes === undefined ? undefined : textOf(bytes)
      })))
    const { digest, manifest, manifestText, metadata, packageId, sizeBytes } = opened
    return { packageId, digest, sizeBytes, manifest, manifestText, metadata, files } satisfies Analysis.Inspection
  })

const diff = (before: Uint8Array, after: Uint8Array) =>
  Effect.gen(function*() {
    // Not before there are two
    const { diffPackages, render } = yield* Effect.promise(() => import("../../core/archive/DiffPackages.ts"))
    const a = yield* openPackage(RandomAccess.fromBytes(before, "before"))
    const b = yield* openPackage(RandomAccess.fromBytes(after, "after"))
    const difference = yield* diffPackages(a, b)
    return { ...difference, text: render(difference) } satisfies Analysis.Comparison
  })

/** One project that is edited and packaged. */
export interface PackagingService {
  /** Takes over what changed in the files. */
  readonly change: (changes: FileChanges) => void
  readonly answer: <M extends Method>(
    method: M,
    input: Methods[M]["input"]
  ) => Effect.Effect<Methods[M]["output"], unknown>
}

export const make = (services: Context.Context<Services>): PackagingService => {
  const contents = new Map<string, string | Uint8Array>()
  const memory = new SurveyMemory()
  const functions: FunctionMemory = { known: new Map() }
  let files: Context.Context<Files> | undefined
  /** What was prepared last: its maps and explanations are asked for next. */
  let last: {
    readonly key: string
    readonly prepared: PreparedPackage
    readonly locked: ReadonlyArray<LockedPackages.LockedPackage>
  } | undefined

  /** Built once for all requests about the same files. */
  const fileContext = (): Context.Context<Files> =>
    files ??= Effect.runSync(Effect.scoped(Layer.build(MemoryFileSystem.layerWith(
      Object.fromEntries(
        [...contents].map(([path, content]) => [`${projectDirectory}/${path}`, bytesOf(path, content)])
      )
    ))))

  /** The bytes of a text, made once. */
  const encoded = new Map<string, { readonly content: string; readonly bytes: Uint8Array }>()
  const bytesOf = (path: string, content: string | Uint8Array): Uint8Array => {
    if (typeof content !== "string") return content
    const known = encoded.get(path)
    if (known?.content === content) return known.bytes
    const bytes = new TextEncoder().encode(content)
    encoded.set(path, { content, bytes })
    return bytes
  }

  /** Without any, that one of them is missing is nothing to warn of: `PackageFromLockfile` says what it means. */
  const hasInstalled = (): boolean => [...contents.keys()].some((path) => /(?:^|\/)node_modules\//.test(path))

  const prepare = ({ entry, options }: FunctionRequest) =>
    Effect.gen(function*() {
      const key = JSON.stringify([entry, options])
      if (last?.key === key) return last.prepared
      const reference = yield* FunctionReference.parse(entry)
      const decoded = yield* decodeOptions(options)
      const locked = new Map<string, LockedPackages.LockedPackage>()
      const resolver = LockedPackages.layer(projectDirectory, (each) => locked.set(each.name, each))
      const prepared = yield* Effect.provide(preparePackage(reference, projectDirectory, decoded), resolver)
      last = { key, prepared, locked: [...locked.values()] }
      return prepared
    })

  const packaged = (request: FunctionRequest) =>
    Effect.gen(function*() {
      const begun = performance.now()
      const prepared = yield* prepare(request)
      const { sealed, zip } = yield* seal(prepared, memory)
      const opened = yield* openPackage(RandomAccess.fromBytes(zip, sealed.fileName))
      const modules = canonicalModules(prepared)
      const maps = yield* prepared.sourceMaps
      const analysis: Analysis.PackageAnalysis = {
        functionName: prepared.functionName,
        packageId: sealed.packageId,
        digest: sealed.digest,
        zip,
        fileName: sealed.fileName,
        entry: sealed.manifest.entry,
        manifest: sealed.manifest,
        manifestText: opened.manifestText,
        metadata: sealed.metadata,
        metadataText: Metadata.encode(sealed.metadata),
        files: Describe.files(prepared, opened),
        modules,
        declarations: yield* Positions.declarations(yield* prepared.kept, modules, maps),
        graph: Describe.graph(prepared),
        decisions: prepared.decisions.map(Describe.decision),
        dependencies: prepared.dependencies.map(({ name, requiredBy, version }) => ({ name, version, requiredBy })),
        diagnostics: [
          ...prepared.diagnostics.filter(({ code }) => hasInstalled() || code !== "not-installed").map(
            Describe.diagnostic
          ),
          ...Describe.locked(last?.locked ?? [])
        ],
        elapsedMillis: performance.now() - begun
      }
      return analysis
    })

  const explain = (request: Methods["explain"]["input"]) =>
    Effect.gen(function*() {
      const prepared = yield* prepare({ entry: request.entry, options: request.options })
      const found = answer(prepared, yield* findSubject(prepared, request.what))
      return {
        ...found,
        steps: found.steps.map(Describe.step),
        decisions: found.decisions.map(Describe.decision),
        declarations: found.declarations.map(Describe.step)
      } satisfies Analysis.Explained
    })

  const mapStacks = ({ stacks, ...request }: Methods["mapStacks"]["input"]) =>
    Effect.gen(function*() {
      // Only a run that failed needs it
      const { mapStack } = yield* Effect.promise(() => import("../../core/cluster/execute/StackMapping.ts"))
      const prepared = yield* prepare(request)
      const document = SourceMapDocument.make({ packageId: "", digest: "" }, yield* prepared.sourceMaps)
      return stacks.map((stack) => mapStack(stack.split("\n").filter(isOutsideOfSandbox).join("\n"), document).text)
    })

  type Answers = {
    readonly [M in Method]: (
      input: Methods[M]["input"]
    ) => Effect.Effect<Methods[M]["output"], unknown, Services | Files>
  }
  const answers: Answers = {
    // Who asks for it waits until it is there; `main.ts` brings it
    load: () => Effect.succeed(undefined),
    package: packaged,
    sourceMaps: (request) => Effect.flatMap(prepare(request), ({ sourceMaps }) => sourceMaps),
    mapStacks,
    explain,
    functionsOf: () => Effect.provide(functionsOf(projectDirectory, contents, functions), Resolver.layer),
    inspect: ({ zip }) => inspect(zip),
    read: ({ path, zip }) =>
      Effect.flatMap(openPackage(RandomAccess.fromBytes(zip)), (opened) => Effect.map(opened.read(path), owned)),
    diff: ({ after, before }) => diff(before, after),
    // Only who runs something needs it
    link: ({ zip }) =>
      Effect.flatMap(Effect.promise(() => import("../run/linkPackage.ts")), ({ linkPackage }) => linkPackage(zip))
  }

  return {
    change: (changes) => {
      for (const [path, content] of Object.entries(changes)) {
        if (typeof content !== "string") encoded.delete(path)
        if (content === undefined) contents.delete(path)
        else contents.set(path, content)
        functions.known.delete(path)
        if (isConfiguration(path)) functions.known.clear()
      }
      files = undefined
      last = undefined
    },
    answer: (method, input) =>
      Effect.suspend(() => answers[method](input)).pipe(Effect.provide(fileContext()), Effect.provide(services))
  }
}

/**
 * From installed places (`node_modules/a/node_modules/b`) to a {@link LockGraph}: what each name means follows from
 * where packages lie, by Node's own rule (the nearest `node_modules` upwards).
 */
import * as Order from "effect/Order"
import { type Json } from "../archive/CanonicalJson.ts"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { EdgeKind, Importer, LockEdge, LockGraph, LockNode } from "./LockGraph.ts"
import * as ManagerCommands from "./ManagerCommands.ts"
import * as PackageSource from "./PackageSource.ts"

export interface Requirement {
  readonly name: string
  readonly kind: EdgeKind
  readonly peer: boolean
  readonly range: string
}

/** A package at its place. */
export interface TreeEntry {
  readonly name: string
  readonly version: string
  /** The source if the reader knows it, else what `resolved` says: it takes the dependents to tell. */
  readonly source: PackageSource.PackageSource | undefined
  readonly resolved: string | undefined
  readonly integrity: string | undefined
  /** One a name. */
  readonly requirements: ReadonlyArray<Requirement>
  readonly os: ReadonlyArray<string> | undefined
  readonly cpu: ReadonlyArray<string> | undefined
  readonly libc: ReadonlyArray<string> | undefined
  readonly engines: Json | undefined
  readonly bin: Json | undefined
  readonly hasInstallScript: boolean
  readonly optional: boolean
  readonly inBundle: boolean
}

export interface PackageTree {
  readonly file: string
  /** By place, relative to the lockfile's directory, `/` between the parts. */
  readonly entries: ReadonlyMap<string, TreeEntry>
  /** Symbolic links, from their place to the place they mean. */
  readonly links: ReadonlyMap<string, string>
  readonly importers: ReadonlyMap<string, Importer>
  /** Whether the tree does not say which requirements are optional (version 1): then the packages' flags have to. */
  readonly inferOptional: boolean
  readonly locate: (place: string) => SourceLocation | undefined
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

const modules = "node_modules/"

/** Whether a package can be installed under `name`. */
export const isName = (name: string): boolean => /^(?:@[^/\\]+\/)?[^/\\]+$/.test(name) && !leadsOut(name)

/** Whether `path` has parts that do not lead inwards. */
export const leadsOut = (path: string): boolean => path.split(/[/\\]/).some((part) => /^\.{0,2}$/.test(part))

/**
 * The directory whose `node_modules` holds the package at `place`; `undefined` for a directory of the project, or of a
 * package (`node_modules/a/vendor/b`).
 */
const holderOf = (place: string): string | undefined => {
  const at = place.lastIndexOf(modules)
  if (at === -1 || !isName(place.slice(at + modules.length))) return undefined
  return at === 0 ? "" : place.slice(0, at - 1)
}

/** The name under which the package at `place` is installed; of a directory, the last part. */
export const installedName = (place: string): string => {
  const at = place.lastIndexOf(modules)
  const name = at === -1 ? "" : place.slice(at + modules.length)
  return isName(name) ? name : place.slice(place.lastIndexOf("/") + 1)
}

/** What `places` has for `name` as seen from `directory`. */
const lookUp = (directory: string, name: string, places: ReadonlyMap<string, string>): string | undefined => {
  for (let at = directory;;) {
    if (!at.endsWith("node_modules") || (at !== "node_modules" && !at.endsWith("/node_modules"))) {
      const found = places.get(at === "" ? `${modules}${name}` : `${at}/${modules}${name}`)
      if (found !== undefined) return found
    }
    if (at === "" || at === ".." || at.endsWith("/..")) return undefined
    const slash = at.lastIndexOf("/")
    at = slash === -1 ? at.startsWith("..") ? ".." : "" : at.slice(0, slash)
  }
}

/**
 * The package in whose tarball the one at `place` lies. `inBundle` is also said of what the *project* would bundle when
 * it is published, at any depth: such packages are installed from their own sources.
 */
const bundlerOf = (tree: PackageTree, place: string): string | undefined => {
  if (tree.entries.get(place)?.inBundle !== true) return undefined
  const chain = [place]
  for (let holder = holderOf(place); holder !== undefined; holder = holderOf(holder)) {
    const entry = tree.entries.get(holder)
    if (entry === undefined || holderOf(holder) === undefined) break
    if (!entry.inBundle) return holder
    chain.push(holder)
  }
  const isFetched = (at: string): boolean => {
    const entry = tree.entries.get(at)
    return entry?.integrity !== undefined || entry?.resolved !== undefined
  }
  if (isFetched(place)) return undefined
  return chain.slice(1).find(isFetched) ?? (chain.length > 1 ? chain.at(-1) : undefined)
}

/** `edge` of the bundled package at `from`, which the bundling one at `bundler` cannot have beside its own. */
const bundleIncomplete = (tree: PackageTree, from: string, bundler: string, edge: LockEdge): Diagnostic =>
  new Diagnostic({
    severity: "warning",
    code: "bundle-incomplete",
    what: `${installedName(from)}, in the tarball of ${installedName(bundler)}, does not find its own ${edge.name}${
      edge.range === "" ? "" : ` (${PackageSource.redacted(edge.range)})`
    }`,
    location: tree.locate(from),
    why: `It is not in that tarball, and ${installedName(bundler)} has another package by that name.`,
    remedy: "Package with dependencies \"vendor\"."
  })

/** The graph of `tree`. */
export const toGraph = (tree: PackageTree): LockGraph => {
  // Each place is one string object: comparing them is what most of the time goes into.
  const places = new Map<string, string>()
  for (const place of tree.entries.keys()) places.set(place, place)
  for (const [place, target] of tree.links) places.set(place, target)
  const resolve = (directory: string, name: string): string | undefined => lookUp(directory, name, places)

  const bundlers = new Map<string, string>()
  const bundledNames = new Map<string, Array<string>>()
  const lifted = new Map<string, Array<{ readonly from: string; readonly edge: LockEdge }>>()
  for (const [place, entry] of tree.entries) {
    if (!entry.inBundle) continue
    const bundler = bundlerOf(tree, place)
    if (bundler === undefined) continue
    bundlers.set(place, bundler)
    if (holderOf(place) === bundler) {
      const names = bundledNames.get(bundler)
      if (names === undefined) bundledNames.set(bundler, [installedName(place)])
      else names.push(installedName(place))
    }
  }

  const askedByAddress = new Set<string>()
  for (const importer of tree.importers.values()) {
    for (const [name, declaration] of importer.declared) {
      const target = PackageSource.isWebAddress(declaration.range) ? resolve(importer.directory, name) : undefined
      if (target !== undefined) askedByAddress.add(target)
    }
  }
  const edgesOf = new Map<string, ReadonlyArray<LockEdge>>()
  for (const [place, entry] of tree.entries) {
    edgesOf.set(
      place,
      entry.requirements.map(({ kind, name, peer, range }) => {
        const target = resolve(place, name)
        if (target !== undefined && PackageSource.isWebAddress(range)) askedByAddress.add(target)
        const optional = tree.inferOptional && target !== undefined && !entry.optional &&
          tree.entries.get(target)?.optional === true
        return { name, kind: optional ? "optional" as const : kind, peer, range, target }
      })
    )
  }
  // What a bundled package needs from outside of the bundle, the bundling package needs, be it itself.
  for (const [place, bundler] of bundlers) {
    for (const edge of edgesOf.get(place) ?? []) {
      if (edge.target === undefined || bundlers.get(edge.target) === bundler) continue
      const outside = { from: place, edge }
      const known = lifted.get(bundler)
      if (known === undefined) lifted.set(bundler, [outside])
      else known.push(outside)
    }
  }

  const nodes = new Map<string, LockNode>()
  for (const [place, entry] of tree.entries) {
    const bundler = bundlers.get(place)
    const edges = new Map<string, LockEdge>()
    for (const edge of edgesOf.get(place) ?? []) {
      if (edge.target === undefined || bundlers.get(edge.target) !== place) edges.set(edge.name, edge)
    }
    const remarks: Array<Diagnostic> = []
    for (const { edge, from } of lifted.get(place) ?? []) {
      const own = edges.get(edge.name)
      // One name, one meaning: of the bundle it is what its package brings or needs itself.
      if (own === undefined && bundledNames.get(place)?.includes(edge.name) !== true) edges.set(edge.name, edge)
      else if (own?.target !== edge.target) remarks.push(bundleIncomplete(tree, from, place, edge))
    }
    nodes.set(place, {
      id: place,
      name: entry.name,
      version: entry.version,
      integrity: entry.integrity,
      source: bundler !== undefined
        ? { _tag: "Bundled", owner: bundler }
        : holderOf(place) === undefined
        ? { _tag: "Directory", path: place }
        : entry.source ?? PackageSource.fromResolved(entry.resolved, askedByAddress.has(place)),
      edges: [...edges.values()].sort((a, b) => Order.string(a.name, b.name)),
      os: entry.os,
      cpu: entry.cpu,
      libc: entry.libc,
      engines: entry.engines,
      bin: entry.bin,
      hasInstallScript: entry.hasInstallScript,
      bundled: bundledNames.get(place) ?? [],
      optional: entry.optional,
      directory: place,
      remarks
    })
  }
  for (const [place, target] of tree.links) {
    if (nodes.has(target)) continue
    nodes.set(target, {
      id: target,
      name: installedName(place),
      version: "",
      integrity: undefined,
      source: { _tag: "Directory", path: target },
      edges: [],
      os: undefined,
      cpu: undefined,
      libc: undefined,
      engines: undefined,
      bin: undefined,
      hasInstallScript: false,
      bundled: [],
      optional: false,
      directory: target,
      remarks: []
    })
  }
  return {
    file: tree.file,
    commands: ManagerCommands.npm,
    hashes: true,
    nodes,
    importers: tree.importers,
    resolve,
    locate: tree.locate,
    diagnostics: tree.diagnostics
  }
}

/**
 * Generated projects: what packages need, a random way of installing them, and the lockfiles that say so.
 */
import * as fc from "fast-check"

export interface Need {
  readonly key: string
  /** Of a package in the universe. */
  readonly target: string
  readonly kind: "dependency" | "optional" | "peer"
}

export interface Published {
  readonly name: string
  readonly version: string
  readonly needs: ReadonlyArray<Need>
}

/** Packages by `name@version`. */
export type Universe = ReadonlyMap<string, Published>

export interface Project {
  readonly universe: Universe
  /** What the project's package.json depends on. */
  readonly dependencies: ReadonlyArray<Need>
  /** Packages of the universe whose tarballs bring what they depend on. */
  readonly bundlers?: ReadonlySet<string>
}

/** `node_modules/...` to `name@version`. */
export type Tree = ReadonlyMap<string, string>

/** Places that came with the tarball of a package, to that package's place. */
export type Bundled = ReadonlyMap<string, string>

/** A small generator of numbers, so that a tree is a function of its seed. */
const numbers = (seed: number) => {
  let state = seed >>> 0
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const ancestors = (place: string): ReadonlyArray<string> => {
  const parts = place === "" ? [] : place.split(/\/?node_modules\//).slice(1)
  return Array.from(
    { length: parts.length + 1 },
    (_, length) => parts.slice(0, length).map((part) => `node_modules/${part}`).join("/")
  )
}

const within = (holder: string, key: string): string =>
  holder === "" ? `node_modules/${key}` : `${holder}/node_modules/${key}`

/** Where Node finds `key` from `place`. */
export const find = (has: (place: string) => boolean, place: string, key: string): string | undefined =>
  [...ancestors(place)].reverse().map((holder) => within(holder, key)).find(has)

/**
 * The bundle of `id`, by path from the package's own directory: all that it depends on, and what that depends on in
 * turn, but for peer dependencies. `undefined` when it gets too large.
 */
const bundleOf = (project: Project, id: string): Tree | undefined => {
  const bundle = new Map<string, string>()
  const needsAt = (place: string) =>
    (project.universe.get(place === "" ? id : bundle.get(place) ?? "")?.needs ?? []).filter(({ kind }) =>
      kind !== "peer"
    )
  const has = (place: string) => bundle.has(place)
  const places = [""]
  const seen: Array<{ readonly from: string; readonly key: string; readonly found: string }> = []
  for (const place of places) {
    if (places.length > 30) return undefined
    for (const need of needsAt(place)) {
      const found = find(has, place, need.key)
      if (found === undefined || bundle.get(found) !== need.target) {
        const at = within(found === undefined ? "" : place, need.key)
        if (has(at)) return undefined
        bundle.set(at, need.target)
        places.push(at)
      }
      seen.push({ from: place, key: need.key, found: need.target })
    }
  }
  const stands = seen.every(({ found, from, key }) => bundle.get(find(has, from, key) ?? "") === found)
  return stands ? bundle : undefined
}

/** Installs in one of the many possible ways, which `seed` chooses; `undefined` when it gets too large (cycles in conflict). */
export const install = (project: Project, seed: number): Tree | undefined => installWith(project, seed)?.tree

/** As {@link install}, with the bundles of `project.bundlers`. */
export const installWith = (
  project: Project,
  seed: number
): { readonly tree: Tree; readonly bundled: Bundled } | undefined => {
  const below = numbers(seed)
  const flat = below(3)
  const tree = new Map<string, string>()
  const bundled = new Map<string, string>()
  const seen: Array<{ readonly from: string; readonly key: string; readonly found: string }> = []
  const has = (place: string) => tree.has(place)
  const queue: Array<string> = []
  for (const need of project.dependencies) {
    tree.set(within("", need.key), need.target)
    seen.push({ from: "", key: need.key, found: need.target })
    queue.push(within("", need.key))
  }
  while (queue.length > 0) {
    if (tree.size > 60) return undefined
    const [place = ""] = queue.splice(below(queue.length), 1)
    const id = tree.get(place) ?? ""
    if (project.bundlers?.has(id) === true && !bundled.has(place)) {
      const bundle = bundleOf(project, id)
      if (bundle === undefined) return undefined
      for (const [inner, target] of bundle) {
        tree.set(`${place}/${inner}`, target)
        bundled.set(`${place}/${inner}`, place)
        queue.push(`${place}/${inner}`)
      }
    }
    const bundler = bundled.get(place)
    const needs = [...project.universe.get(id)?.needs ?? []]
    while (needs.length > 0) {
      const [need] = needs.splice(below(needs.length), 1)
      if (need === undefined) break
      const found = find(has, place, need.key)
      const reuse = found !== undefined && tree.get(found) === need.target &&
        (bundled.has(found) || flat > 0 || ancestors(place).length > 4 || below(2) === 0)
      if (!reuse) {
        const holders = ancestors(place).filter((holder) => {
          const candidate = within(holder, need.key)
          // Nothing is installed into what came with a tarball.
          if (tree.has(candidate) || (bundler !== undefined && !ancestors(bundler).includes(holder))) return false
          tree.set(candidate, need.target)
          const fine = [...seen, { from: place, key: need.key, found: need.target }].every((lookUp) =>
            tree.get(find(has, lookUp.from, lookUp.key) ?? "") === lookUp.found
          )
          tree.delete(candidate)
          return fine
        })
        const holder = flat === 2 ? holders[0] : holders[below(holders.length)]
        if (holder === undefined) {
          if (found === undefined || tree.get(found) !== need.target) return undefined
        } else {
          tree.set(within(holder, need.key), need.target)
          queue.push(within(holder, need.key))
        }
      }
      seen.push({ from: place, key: need.key, found: need.target })
    }
  }
  return { tree, bundled }
}

const integrity = (id: string): string => `sha512-${Buffer.from(id).toString("base64")}`

const address = ({ name, version }: Published): string => `https://registry.example/${name}/-/${name}-${version}.tgz`

type Writable = Record<string, unknown>

const shuffled = <A>(items: Iterable<A>, below: (limit: number) => number): ReadonlyArray<A> => {
  const rest = [...items]
  return Array.from({ length: rest.length }, () => rest.splice(below(rest.length), 1)).flat()
}

const object = (members: Iterable<readonly [string, unknown]>, below: (limit: number) => number): Writable =>
  Object.fromEntries(shuffled(members, below))

const specifier = (project: Project, need: Need): string => {
  const target = project.universe.get(need.target)
  return target === undefined ? "*"
    : target.name === need.key ? `^${target.version}` : `npm:${target.name}@${target.version}`
}

const fields = (project: Project, needs: ReadonlyArray<Need>, below: (limit: number) => number): Writable => {
  const of = (kind: Need["kind"], field: string) => {
    const some = needs.filter((need) => need.kind === kind)
    return some.length === 0 ? []
      : [[field, object(some.map((need) => [need.key, specifier(project, need)] as const), below)] as const]
  }
  return object(
    [...of("dependency", "dependencies"), ...of("optional", "optionalDependencies"), ...of("peer", "peerDependencies")],
    below
  )
}

/** Which places only optional dependencies lead to. */
const optionalPlaces = (project: Project, tree: Tree): ReadonlySet<string> => {
  const required = new Set<string>()
  const pending = [{ place: "", needs: project.dependencies }]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const need of at.needs) {
      const found = find((place) => tree.has(place), at.place, need.key)
      if (need.kind === "optional" || found === undefined || required.has(found)) continue
      required.add(found)
      pending.push({ place: found, needs: project.universe.get(tree.get(found) ?? "")?.needs ?? [] })
    }
  }
  return new Set([...tree.keys()].filter((place) => !required.has(place)))
}

export type Format = 1 | 2 | 3

/** The lockfile of `tree`; `seed` chooses the order of keys. */
export const lockfile = (
  project: Project,
  tree: Tree,
  format: Format,
  seed: number,
  bundled: Bundled = new Map()
): string => {
  const below = numbers(seed)
  const optional = optionalPlaces(project, tree)
  const packages = object(
    [
      ["", { name: "project", version: "1.0.0", ...fields(project, project.dependencies, below) }] as const,
      ...[...tree].map(([place, id]) => {
        const published = project.universe.get(id)
        if (published === undefined) throw new Error(id)
        return [
          place,
          object([
            ...place.endsWith(`node_modules/${published.name}`) ? [] : [["name", published.name] as const],
            ["version", published.version],
            ...bundled.has(place)
              ? [["inBundle", true] as const]
              : [["resolved", address(published)] as const, ["integrity", integrity(id)] as const],
            ...optional.has(place) ? [["optional", true] as const] : [],
            ...Object.entries(fields(project, published.needs, below))
          ], below)
        ] as const
      })
    ],
    below
  )
  const nested = (holder: string): Writable =>
    object(
      [...tree].flatMap(([place, id]) => {
        const key = place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length)
        if (within(holder, key) !== place) return []
        const published = project.universe.get(id)
        if (published === undefined) throw new Error(id)
        const dependencies = nested(place)
        return [[
          key,
          object([
            ["version", published.name === key ? published.version : `npm:${published.name}@${published.version}`],
            ["resolved", address(published)],
            ["integrity", integrity(id)],
            ...optional.has(place) ? [["optional", true] as const] : [],
            ...published.needs.length === 0
              ? []
              : [["requires", object(
                published.needs.map((need) => [need.key, specifier(project, need)] as const),
                below
              )] as const],
            ...Object.keys(dependencies).length === 0 ? [] : [["dependencies", dependencies] as const]
          ], below)
        ] as const]
      }),
      below
    )
  return JSON.stringify(
    object([
      ["name", "project"],
      ["lockfileVersion", format],
      ["requires", true],
      ...format > 1 ? [["packages", packages] as const] : [],
      ...format < 3 ? [["dependencies", nested("")] as const] : []
    ], below),
    undefined,
    below(4)
  )
}

const names = ["a", "b", "c", "@s/d", "e", "f"]
const versions = ["1.0.0", "2.0.0", "10.0.0-rc.1"]

/** All packages of a generated universe. */
export const ids = names.flatMap((name) => versions.map((version) => `${name}@${version}`))

/** A universe of few names, so that versions meet, and a project that depends on some of it. */
export const project = (kinds: ReadonlyArray<Need["kind"]>): fc.Arbitrary<Project> => {
  const id = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...versions)).map(([name, version]) =>
    `${name}@${version}`
  )
  const need: fc.Arbitrary<Need> = fc.record({
    target: id,
    kind: fc.constantFrom(...kinds),
    alias: fc.option(fc.constantFrom("alias-x", "alias-y"), { freq: 6 })
  }).map(({ alias, kind, target }) => ({ key: alias ?? target.slice(0, target.lastIndexOf("@")), kind, target }))
  const needs = (maximum: number, minimum = 0) =>
    fc.uniqueArray(need, { minLength: minimum, maxLength: maximum, selector: ({ key }) => key })
  return fc.record({
    needs: fc.array(needs(3), { minLength: names.length * versions.length, maxLength: names.length * versions.length }),
    dependencies: needs(3, 1).map((some) =>
      some.map((one) => ({ ...one, kind: one.kind === "peer" ? "dependency" as const : one.kind }))
    )
  }).map((drawn) => ({
    dependencies: drawn.dependencies,
    universe: new Map(
      names.flatMap((name) => versions.map((version) => ({ name, version }))).map(({ name, version }, index) => {
        const own = (drawn.needs[index] ?? []).filter((one) => {
          const target = one.target.slice(0, one.target.lastIndexOf("@"))
          // Cycles, but not everywhere: few trees hold those of conflicting versions.
          return one.key !== name &&
            (names.indexOf(target) > names.indexOf(name) || (target !== name && index % 5 === 0))
        })
        return [`${name}@${version}`, { name, version, needs: own }] as const
      })
    )
  }))
}

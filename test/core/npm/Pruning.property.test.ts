import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import type { LockGraph } from "../../../core/npm/LockGraph.ts"
import * as NpmLockfile from "../../../core/npm/NpmLockfile.ts"
import * as Pruning from "../../../core/npm/Pruning.ts"
import * as Project from "./Project.ts"

const seed = fc.integer({ min: 0, max: 2 ** 31 })
const every = ["dependency", "optional", "peer"] as const

/** The tree of `project`, or another example. */
const install = (project: Project.Project, choice: number): Project.Tree => {
  const tree = Project.install(project, choice)
  fc.pre(tree !== undefined)
  return tree ?? new Map()
}

const read = (text: string): LockGraph => Effect.runSync(NpmLockfile.read("package-lock.json", text))

const rootsOf = (project: Project.Project) => project.dependencies.map(({ key }) => ({ name: key, directory: "" }))

/** The rare cycles that get no layout of their own are none of these properties' business. */
const isCanonical = (pruned: Pruning.Pruned): boolean => pruned.diagnostics.every(({ code }) => code !== "layout-kept")

const prune = (text: string, project: Project.Project): Pruning.Pruned => {
  const pruned = Effect.runSync(Pruning.prune(read(text), rootsOf(project)))
  fc.pre(isCanonical(pruned))
  return pruned
}

const texts = ({ lockfile, packageJson }: Pruning.Pruned) => ({ lockfile, packageJson })

describe("what does not change the pruned lockfile", () => {
  it("layout of the project's tree, order of keys, format, indentation", () => {
    fc.assert(
      fc.property(Project.project(every), seed, seed, seed, (project, one, other, order) => {
        const first = prune(Project.lockfile(project, install(project, one), 3, order), project)
        const second = prune(Project.lockfile(project, install(project, other), 2, order + 1), project)
        assert.deepStrictEqual(texts(first), texts(second))
      }),
      { seed: 20260001, numRuns: 400 }
    )
  })

  it("lockfile version 1, for what that can say", () => {
    fc.assert(
      fc.property(Project.project(["dependency"]), seed, seed, seed, (project, one, other, order) => {
        const first = prune(Project.lockfile(project, install(project, one), 3, order), project)
        const second = prune(Project.lockfile(project, install(project, other), 1, order + 1), project)
        assert.deepStrictEqual(texts(first), texts(second))
      }),
      { seed: 20260002, numRuns: 200 }
    )
  })

  it("dependencies of the project that nothing reaches", () => {
    fc.assert(
      fc.property(
        Project.project(every),
        fc.array(fc.nat(17), { minLength: 1, maxLength: 4 }),
        seed,
        seed,
        (project, picks, one, other) => {
          const keys = new Set<string>()
          const needs = picks.flatMap((pick) => {
            const target = [...project.universe.keys()][pick] ?? ""
            const key = target.slice(0, target.lastIndexOf("@"))
            if (keys.has(key)) return []
            keys.add(key)
            return [{ key, target, kind: "dependency" as const }]
          })
          const extended = {
            universe: new Map([
              ...project.universe,
              ["unrelated@1.0.0", { name: "unrelated", version: "1.0.0", needs }] as const
            ]),
            dependencies: [
              { key: "unrelated", target: "unrelated@1.0.0", kind: "dependency" as const },
              ...project.dependencies
            ]
          }
          const first = prune(Project.lockfile(project, install(project, one), 3, one), project)
          const second = prune(Project.lockfile(extended, install(extended, other), 3, other), project)
          assert.deepStrictEqual(texts(first), texts(second))
        }
      ),
      { seed: 20260003, numRuns: 300 }
    )
  })

  it("pruning what is pruned", () => {
    fc.assert(
      fc.property(Project.project(every), seed, (project, one) => {
        const once = prune(Project.lockfile(project, install(project, one), 3, one), project)
        assert.deepStrictEqual(texts(prune(once.lockfile, project)), texts(once))
      }),
      { seed: 20260004, numRuns: 200 }
    )
  })

  it("the order of the imports", () => {
    fc.assert(
      fc.property(Project.project(every), seed, (project, one) => {
        const graph = read(Project.lockfile(project, install(project, one), 3, one))
        const roots = rootsOf(project)
        const backwards = Effect.runSync(Pruning.prune(graph, [...roots].reverse()))
        assert.deepStrictEqual(texts(Effect.runSync(Pruning.prune(graph, roots))), texts(backwards))
      }),
      { seed: 20260005, numRuns: 50 }
    )
  })
})

/**
 * Follows every name from the imports through the project's tree and through the pruned one, in which tarballs bring
 * again what they bring in the project.
 */
const compare = (project: Project.Project, tree: Project.Tree, bundled: Project.Bundled, seed: number): void => {
  const original = read(Project.lockfile(project, tree, 3, seed, bundled))
  const pruned = read(Effect.runSync(Pruning.prune(original, rootsOf(project))).lockfile)
  const labelOf = (graph: LockGraph, place: string | undefined) => {
    const node = graph.nodes.get(place ?? "")
    return [node?.name, node?.version, node?.integrity]
  }
  /** Where the pruned tree has what came along, to where the project has it. */
  const brought = new Map<string, string>()
  const hasCopy = (place: string) => brought.has(place) || pruned.nodes.has(place)
  const reached = new Set<string>()
  const seen = new Set<string>()
  const pending = rootsOf(project).map(({ name }) => ({ from: ["", ""] as readonly [string, string], name }))
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const here = Project.find((place) => tree.has(place), at.from[0], at.name)
    if (here === undefined) continue
    const there = Project.find(hasCopy, at.from[1], at.name)
    const message = `${at.name} from ${at.from[1]}: ${there} for ${here}`
    const origin = brought.get(there ?? "")
    if (origin === undefined) assert.deepStrictEqual(labelOf(pruned, there), labelOf(original, here), message)
    else assert.deepStrictEqual(labelOf(original, origin), labelOf(original, here), message)
    if (there === undefined || seen.has(`${here} ${there}`)) continue
    seen.add(`${here} ${there}`)
    if (origin === undefined) reached.add(there)
    for (const [place, bundler] of bundled) {
      if (bundler !== here) continue
      const copy = there + place.slice(here.length)
      assert.isFalse(pruned.nodes.has(copy), `${copy} comes along`)
      brought.set(copy, place)
    }
    for (const { key } of project.universe.get(tree.get(here) ?? "")?.needs ?? []) {
      pending.push({ from: [here, there], name: key })
    }
  }
  assert.deepStrictEqual([...reached].sort(), [...pruned.nodes.keys()].sort())
}

describe("what the pruned lockfile means", () => {
  it("every name resolves to the same package as in the project, by Node's rule", () => {
    fc.assert(
      fc.property(
        Project.project(every),
        seed,
        (project, one) => compare(project, install(project, one), new Map(), one)
      ),
      { seed: 20260006, numRuns: 600 }
    )
  })

  it("and so it does where tarballs bring packages along", () => {
    fc.assert(
      fc.property(Project.project(every), fc.subarray(Project.ids, { minLength: 4 }), seed, (plain, bundlers, one) => {
        const project = { ...plain, bundlers: new Set(bundlers) }
        const installed = Project.installWith(project, one)
        fc.pre(installed !== undefined && installed.bundled.size > 0)
        if (installed !== undefined) compare(project, installed.tree, installed.bundled, one)
      }),
      { seed: 20260008, numRuns: 600 }
    )
  })

  it("another version of anything reached gives another text", () => {
    fc.assert(
      fc.property(Project.project(every), fc.nat(), seed, (project, pick, one) => {
        const before = prune(Project.lockfile(project, install(project, one), 3, one), project)
        const changed = before.packages[pick % before.packages.length]
        const id = `${changed?.name}@${changed?.version}`
        const next = `${changed?.name}@99.0.0`
        const move = (needs: ReadonlyArray<Project.Need>) =>
          needs.map((need) => need.target === id ? { ...need, target: next } : need)
        const bumped = {
          dependencies: move(project.dependencies),
          universe: new Map([...project.universe].map(([key, published]) => {
            const moved = { ...published, needs: move(published.needs) }
            return key === id ? [next, { ...moved, version: "99.0.0" }] as const : [key, moved] as const
          }))
        }
        const after = prune(Project.lockfile(bumped, install(bumped, one), 3, one), project)
        assert.notStrictEqual(after.lockfile, before.lockfile)
      }),
      { seed: 20260007, numRuns: 100 }
    )
  })
})

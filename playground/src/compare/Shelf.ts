/**
 * Packages at hand: the one that is edited, a pinned one, and those that were opened from files. And how the first stands
 * to the last or the pinned one.
 */
import { batch, computed, effect, signal } from "@preact/signals"
import type { PackageAnalysis, PackagingWorker } from "../../../platform-browser/index.ts"
import { made, worker } from "../packaging/Packaging.ts"
import * as Project from "../project/Project.ts"

export interface Shelved {
  readonly key: string
  readonly label: string
  readonly packageId: string
  readonly digest: string
  readonly zip: Uint8Array
}

export interface OpenedPackage extends Shelved {
  readonly inspection: PackageAnalysis.Inspection
}

/** A package, and the project that it was made of: a link has the project. */
export interface Pinned extends Shelved {
  readonly madeOf: PackagingWorker.PackageRequest
}

export const pinned = signal<Pinned | undefined>(undefined)
export const opened = signal<ReadonlyArray<OpenedPackage>>([])
/** The opened package that is looked at. */
export const inspected = signal<OpenedPackage | undefined>(undefined)
export const openError = signal<string | undefined>(undefined)

/** The package of the text that is shown; there is none while it is made. */
const edited = computed((): Shelved | undefined => {
  const analysis = made.value?.analysis
  return analysis === undefined ? undefined : {
    key: "edited",
    label: "In the editor",
    packageId: analysis.packageId,
    digest: analysis.digest,
    zip: analysis.zip
  }
})

/** The package before the last edit. */
const last = signal<Shelved | undefined>(undefined)

export const shelf = computed((): ReadonlyArray<Shelved> => [
  ...(edited.value === undefined ? [] : [edited.value]),
  ...(pinned.value === undefined ? [] : [pinned.value]),
  ...(last.value === undefined ? [] : [last.value]),
  ...opened.value
])

/** Pins the package of the text that is shown, or lets the pinned one go. */
export const pin = (): void => {
  const [now, request] = [edited.value, made.value?.request]
  pinned.value = pinned.value !== undefined || now === undefined || request === undefined
    ? undefined
    : { ...now, key: "pinned", label: "Pinned", madeOf: request }
}

/** Makes the package of a pin anew that had this digest; gives why it cannot be had, or nothing. */
export const restorePin = async (
  digest: string,
  request: PackagingWorker.PackageRequest
): Promise<string | undefined> => {
  try {
    const { packageId, zip, ...again } = await worker.package(request)
    if (again.digest !== digest) return `its pinned package was ${digest.slice(0, 16)}, and is ${packageId} here`
    pinned.value = { key: "pinned", label: "Pinned", packageId, digest, zip, madeOf: request }
    return undefined
  } catch (error) {
    return `its pinned package cannot be made: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** How the package stands to the pinned or the last one. */
export interface Change {
  readonly against: "pinned" | "last"
  readonly changed: boolean
  readonly because: ReadonlyArray<string>
}
export const change = signal<Change | undefined>(undefined)

const lines = (count: number): string => `${count} ${count === 1 ? "line" : "lines"}`

/** The differences in short, the telling ones first. */
export const reasons = (diff: PackageAnalysis.Comparison): ReadonlyArray<string> => [
  ...diff.values.map(({ path }) => `${path} differs`),
  ...diff.added.map(({ path }) => `${path} is new`),
  ...diff.removed.map(({ path }) => `${path} is gone`),
  ...diff.changed.map(({ hunks, path }) => {
    const touched = (hunks ?? []).flatMap((hunk) => hunk.lines).filter((line) => /^[-+]/.test(line)).length
    return touched === 0 ? `${path} differs` : `${path} differs in ${lines(touched)}`
  }).sort((a, b) => Number(a.startsWith("metadata.json")) - Number(b.startsWith("metadata.json")))
]

let previous: { readonly project: string; readonly shelved: Shelved } | undefined
effect(() => {
  const [now, pin, project] = [edited.value, pinned.value, Project.id.value]
  if (previous !== undefined && previous.project !== project) {
    previous = undefined
    batch(() => {
      last.value = undefined
      change.value = undefined
    })
  }
  if (now === undefined) return
  const before = previous?.shelved
  if (before !== undefined && before !== now) {
    last.value = { ...before, key: "last", label: "Before the last edit" }
  }
  const base = pin ?? (before === now ? undefined : before)
  previous = { project, shelved: now }
  if (base === undefined) {
    change.value = undefined
    return
  }
  const against = pin === undefined ? "last" : "pinned"
  if (base.digest === now.digest) {
    change.value = { against, changed: false, because: [] }
    return
  }
  change.value = { against, changed: true, because: [] }
  worker.diff(base.zip, now.zip, { latest: "change" }).then(
    (diff) => {
      if (edited.peek() === now) change.value = { against, changed: true, because: reasons(diff) }
    },
    // A later one has the answer, or the editor shows why there is none
    () => undefined
  )
})

/** Opens a ZIP that was dropped or chosen. */
export const openZip = async (name: string, zip: Uint8Array): Promise<boolean> => {
  try {
    const inspection = await worker.inspect(zip)
    const { digest, packageId } = inspection
    const one = { key: `opened-${name}-${digest}`, label: name, packageId, digest, zip, inspection }
    opened.value = [...opened.value.filter(({ key }) => key !== one.key), one]
    inspected.value = one
    openError.value = undefined
    return true
  } catch (error) {
    openError.value = `${name} is no package: ${error instanceof Error ? error.message : String(error)}`
    return false
  }
}

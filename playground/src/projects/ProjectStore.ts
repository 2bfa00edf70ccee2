/**
 * Projects in IndexedDB: a record for each project, and one for each of its files, so that an edit writes one file. Other
 * tabs of the origin share the database.
 */
import type { Files } from "../project/Paths.ts"
import type { Project } from "../project/Project.ts"

/** A pinned package: its digest, and the project that it was made of. */
export interface Pin extends Pick<Project, "files" | "entry" | "options"> {
  readonly digest: string
}

export interface KeptProject {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly updatedAt: number
  readonly project: Omit<Project, "files">
  readonly tab: string
  readonly node: string | undefined
}

/** What a save writes: the record, and what changed of the rest. */
export interface Save {
  readonly record: KeptProject
  /** `undefined` is a file that is gone. */
  readonly files: ReadonlyMap<string, string | Uint8Array | undefined>
  /** `undefined` when it is the one that was saved before, `"none"` when there is none any more. */
  readonly pin: Pin | "none" | undefined
}

export interface FoundProject {
  readonly record: KeptProject
  readonly files: Files
  readonly pin: Pin | undefined
}

export interface ProjectStore {
  /** The newest first. */
  readonly list: () => Promise<ReadonlyArray<KeptProject>>
  readonly read: (id: string) => Promise<FoundProject | undefined>
  readonly save: (save: Save) => Promise<void>
  readonly remove: (id: string) => Promise<void>
}

interface KeptFile {
  readonly project: string
  readonly path: string
  readonly content: string | Uint8Array
}

const answered = <A>(request: IDBRequest<A>): Promise<A> =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result))
    request.addEventListener("error", () => reject(request.error))
  })

/** Resolves when what `use` asked for is written. */
const transact = <A>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  use: (projects: IDBObjectStore, files: IDBObjectStore, pins: IDBObjectStore) => Promise<A>
): Promise<A> =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction(["projects", "files", "pins"], mode)
    const used = use(
      transaction.objectStore("projects"),
      transaction.objectStore("files"),
      transaction.objectStore("pins")
    )
    transaction.addEventListener("complete", () => void used.then(resolve, reject))
    transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("the transaction was aborted")))
    used.catch(reject)
  })

const open = (name: string): Promise<IDBDatabase> => {
  // Blocked storage throws here already
  const request = indexedDB.open(name, 1)
  request.addEventListener("upgradeneeded", () => {
    request.result.createObjectStore("projects", { keyPath: "id" })
    request.result.createObjectStore("files", { keyPath: ["project", "path"] })
    request.result.createObjectStore("pins")
  })
  return answered(request)
}

/** All files of a project: no path sorts behind the array. */
const filesOf = (id: string): IDBKeyRange => IDBKeyRange.bound([id], [id, []])

/** Rejects where the browser refuses to keep anything. */
export const make = async (name = "clustrix-projects"): Promise<ProjectStore> => {
  const database = await open(name)
  return {
    list: () =>
      transact(database, "readonly", async (projects) => {
        // Only `save` writes here
        const records = await answered(projects.getAll()) as ReadonlyArray<KeptProject>
        return [...records].sort((a, b) => b.updatedAt - a.updatedAt)
      }),
    read: (id) =>
      transact(database, "readonly", async (projects, files, pins) => {
        const [record, kept, pin] = await Promise.all([
          answered(projects.get(id)),
          answered(files.getAll(filesOf(id))),
          answered(pins.get(id))
        ])
        if (record === undefined) return undefined
        // Only `save` writes here
        const contents = (kept as ReadonlyArray<KeptFile>).map(({ content, path }) => [path, content] as const)
        return {
          record: record as KeptProject,
          files: Object.fromEntries(contents),
          pin: pin as Pin | undefined
        }
      }),
    save: ({ files: changes, pin, record }) =>
      transact(database, "readwrite", async (projects, files, pins) => {
        projects.put(record)
        if (pin === "none") pins.delete(record.id)
        else if (pin !== undefined) pins.put(pin, record.id)
        for (const [path, content] of changes) {
          if (content === undefined) files.delete([record.id, path])
          else files.put({ project: record.id, path, content } satisfies KeptFile)
        }
        // A page that ends must not be waited for
        projects.transaction.commit()
      }),
    remove: (id) =>
      transact(database, "readwrite", async (projects, files, pins) => {
        projects.delete(id)
        pins.delete(id)
        files.delete(filesOf(id))
      })
  }
}

/**
 * Which functions read, test or write files, and through which argument: the one table of the analysis of data files.
 * Functions are named `module.member`, global ones by their global name.
 */

/** What a path given to a function is for. */
export type What =
  /** A file's bytes. */
  | "file"
  /** A directory's entries: it goes whole. */
  | "directory"
  /** A file, or a directory with all below it. */
  | "tree"
  /** A pattern, or several. */
  | "glob"
  /** A file that is run as a module of its own: by `fork`, by `require` of a made-up `require`. */
  | "module"
  /** The module of a worker. */
  | "worker"
  /** A native addon. */
  | "addon"
  /** An executable; a name without a slash is looked up in the system. */
  | "program"

/** `exists`: only whether or how the file exists is asked. `write`: the file need not be there before. */
export type Access = "read" | "exists" | "write"

/** How a function uses one of its arguments. */
export interface ArgumentUse {
  readonly argument: number
  readonly what: What
  readonly access: Access
  /** The argument is a list, each element of which is used so. */
  readonly each?: true
  /** Relative paths are seen from the module, as `require` does. */
  readonly fromModule?: true
  /** An argument that need not be a path at all: taken where it names a file that exists, never missed. */
  readonly perhaps?: true
  /** The argument's flags (`"w"`), which say whether it is read; without flags it is. */
  readonly flags?: number
  /** The argument whose `cwd` property the path is relative to. Where it may stand at several places, the first object counts. */
  readonly cwd?: number | ReadonlyArray<number>
}

const use = (
  argument: number,
  what: What,
  access: Access = "read",
  more: Omit<ArgumentUse, "argument" | "what" | "access"> = {}
): ArgumentUse => ({ argument, what, access, ...more })

interface Row {
  readonly modules: ReadonlyArray<string>
  /** Separated by spaces; a name that ends in `+` also exists with `Sync`. */
  readonly names: string
  readonly uses: ReadonlyArray<ArgumentUse>
}

const fs = ["node:fs", "node:fs.promises", "fs-extra"]
const glob = [use(0, "glob", "read", { cwd: 1 })]

const rows: ReadonlyArray<Row> = [
  { modules: fs, names: "readFile+ createReadStream ReadStream openAsBlob", uses: [use(0, "file")] },
  { modules: fs, names: "open+", uses: [use(0, "file", "read", { flags: 1 })] },
  {
    modules: fs,
    names:
      "access+ exists+ stat+ lstat+ statfs+ realpath+ realpath.native realpathSync.native readlink+ watch watchFile",
    uses: [use(0, "file", "exists")]
  },
  { modules: fs, names: "readdir+ opendir+ scandir+", uses: [use(0, "directory")] },
  { modules: fs, names: "glob+", uses: glob },
  { modules: fs, names: "cp+ rename+", uses: [use(0, "tree"), use(1, "tree", "write")] },
  { modules: fs, names: "copyFile+ link+", uses: [use(0, "file"), use(1, "file", "write")] },
  { modules: fs, names: "symlink+", uses: [use(1, "file", "write")] },
  {
    modules: fs,
    names:
      "writeFile+ appendFile+ createWriteStream WriteStream mkdir+ mkdtemp+ rm+ rmdir+ unlink+ truncate+ chmod+ lchmod+ "
      + "chown+ lchown+ utimes+ lutimes+",
    uses: [use(0, "file", "write")]
  },
  { modules: ["fs-extra"], names: "readJson+ readJSON+", uses: [use(0, "file")] },
  { modules: ["fs-extra"], names: "pathExists+", uses: [use(0, "file", "exists")] },
  { modules: ["fs-extra"], names: "copy+ move+", uses: [use(0, "tree"), use(1, "tree", "write")] },
  {
    modules: ["fs-extra"],
    names:
      "ensureFile+ createFile+ ensureDir+ mkdirs+ mkdirp+ outputFile+ outputJson+ outputJSON+ writeJson+ writeJSON+ "
      + "emptyDir+ emptydir+ remove+",
    uses: [use(0, "file", "write")]
  },
  { modules: ["jsonfile"], names: "readFile+", uses: [use(0, "file")] },
  { modules: ["jsonfile"], names: "writeFile+", uses: [use(0, "file", "write")] },
  {
    modules: ["glob"],
    names: "default glob globSync sync globStream globStreamSync globIterate globIterateSync",
    uses: glob
  },
  { modules: ["fast-glob"], names: "default glob globSync sync async stream globStream", uses: glob },
  { modules: ["globby"], names: "default globby globbySync globbyStream sync stream", uses: glob },
  { modules: ["tinyglobby"], names: "default glob globSync", uses: glob },
  { modules: ["node:child_process"], names: "fork", uses: [use(0, "module")] },
  {
    modules: ["node:child_process"],
    names: "spawn+ execFile+",
    uses: [
      use(0, "program", "read", { perhaps: true, cwd: [1, 2] }),
      use(1, "tree", "read", { perhaps: true, each: true, cwd: [1, 2] })
    ]
  },
  { modules: ["node:worker_threads", "global"], names: "Worker SharedWorker", uses: [use(0, "worker")] },
  { modules: ["process"], names: "dlopen", uses: [use(1, "addon")] },
  { modules: ["process"], names: "loadEnvFile", uses: [use(0, "file")] },
  { modules: ["node:sqlite"], names: "DatabaseSync", uses: [use(0, "file", "exists")] },
  { modules: ["Bun"], names: "file", uses: [use(0, "file")] },
  { modules: ["Bun"], names: "write", uses: [use(0, "file", "write")] },
  { modules: ["Deno"], names: "readTextFile+ readFile+ open+", uses: [use(0, "file")] },
  { modules: ["Deno"], names: "readDir+", uses: [use(0, "directory")] },
  { modules: ["Deno"], names: "stat+ lstat+ realPath+", uses: [use(0, "file", "exists")] },
  { modules: ["Deno"], names: "copyFile+", uses: [use(0, "file"), use(1, "file", "write")] },
  { modules: ["Deno"], names: "rename+", uses: [use(0, "tree"), use(1, "tree", "write")] },
  { modules: ["Deno"], names: "dlopen", uses: [use(0, "addon")] },
  {
    modules: ["Deno"],
    names: "writeTextFile+ writeFile+ mkdir+ remove+ create+ truncate+",
    uses: [use(0, "file", "write")]
  },
  { modules: ["require", "import.meta"], names: "resolve", uses: [use(0, "tree", "read", { fromModule: true })] },
  { modules: ["global"], names: "require", uses: [use(0, "module", "read", { fromModule: true })] }
]

const byName: ReadonlyMap<string, ReadonlyArray<ArgumentUse>> = new Map(
  rows.flatMap(({ modules, names, uses }) =>
    modules.flatMap((module) =>
      names.split(" ").flatMap((name) => {
        const plain = name.replace(/\+$/, "")
        const full = module === "global" ? plain : `${module}.${plain}`
        return name.endsWith("+") ? [[full, uses] as const, [`${full}Sync`, uses] as const] : [[full, uses] as const]
      })
    )
  )
)

/** How the function of that name uses its arguments; `undefined` for a function that has nothing to do with files. */
export const lookup = (name: string): ReadonlyArray<ArgumentUse> | undefined => byName.get(name)

/** What a function gives that lists names: the names, or entries that have a `name` and lie in a directory. */
export type Listed = "names" | "entries"

const listing: ReadonlyMap<string, Listed> = new Map(
  [...byName].flatMap(([name, uses]) => {
    const { what } = uses[0] ?? {}
    return what === "glob"
      ? [[name, "names"] as const]
      : what === "directory"
      ? [[name, /(?:opendir|readDir)(?:Sync)?$/.test(name) ? "entries" : "names"] as const]
      : []
  })
)

/** Whether the function of that name lists what the analysis packages for the call itself. */
export const listed = (name: string): Listed | undefined => listing.get(name)

const lastNames: ReadonlySet<string> = new Set([...byName.keys()].map((name) => name.slice(name.lastIndexOf(".") + 1)))

/** Whether some function of the table is called so, whatever it is a member of. */
export const isReadingName = (name: string): boolean => lastNames.has(name)

/** Modules by every name that they are imported under. Any other module is looked for in the project. */
const aliases: ReadonlyMap<string, string> = new Map([
  ...["fs", "path", "url", "util", "module", "os", "child_process", "worker_threads"].flatMap((name) =>
    [[name, `node:${name}`], [`node:${name}`, `node:${name}`]] as const
  ),
  ["fs/promises", "node:fs.promises"],
  ["node:fs/promises", "node:fs.promises"],
  ["path/posix", "node:path"],
  ["node:path/posix", "node:path"],
  ["node:sqlite", "node:sqlite"],
  ["process", "process"],
  ["node:process", "process"],
  ["graceful-fs", "node:fs"],
  ["pathe", "node:path"],
  ["upath", "node:path"],
  ["bun", "Bun"],
  ...["fs-extra", "jsonfile", "glob", "fast-glob", "globby", "tinyglobby"].map((name) => [name, name] as const),
  ["fs-extra/esm", "fs-extra"]
])

/** The name under which the tables know a module. */
export const moduleName = (specifier: string): string | undefined => aliases.get(specifier)

const readingModules: ReadonlySet<string> = new Set(rows.flatMap(({ modules }) => modules))

/** Whether a module of the tables has functions that read; `node:path` and `node:url` have none. */
export const isReadingModule = (name: string): boolean =>
  readingModules.has(name.replace(/\..*$/, "")) || readingModules.has(name)

/** Globals with functions that read. */
export const readingGlobals: ReadonlySet<string> = new Set([
  "Bun",
  "Deno",
  "process",
  "require",
  "Worker",
  "SharedWorker",
  "globalThis",
  "global"
])

/** Globals whose functions never open a file, whatever they are given. */
export const pureGlobals: ReadonlySet<string> = new Set(
  ("Array BigInt Boolean Date Error Function Infinity Intl JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError "
    + "Reflect RegExp Set String Symbol SyntaxError TypeError URIError URL URLSearchParams WeakMap WeakSet console decodeURI "
    + "decodeURIComponent encodeURI encodeURIComponent isFinite isNaN parseFloat parseInt performance queueMicrotask "
    + "structuredClone").split(" ")
)

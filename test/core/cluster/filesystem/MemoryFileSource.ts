/**
 * Files in memory for the nine functions: what lies below a directory, as it is when it is read.
 */
import * as fs from "node:fs"
import { type DirectoryEntry, FileFailure, type FileSource,
  type FileStatus } from "../../../../core/cluster/filesystem/FileSource.ts"

interface Node {
  readonly status: FileStatus
  /** Of a link. */
  readonly target?: string
  /** Of a directory. */
  readonly children?: ReadonlyMap<string, Node>
}

const mostLinks = 40

const statusOf = (stats: fs.Stats): FileStatus => ({
  type: stats.isSymbolicLink() ? "symlink" : stats.isDirectory() ? "directory" : stats.isFile() ? "file" : "other",
  size: stats.size,
  modified: Math.floor(stats.mtimeMs / 1000),
  mode: stats.mode
})

const read = (path: string): Node => {
  const status = statusOf(fs.lstatSync(path))
  if (status.type === "symlink") return { status, target: fs.readlinkSync(path) }
  if (status.type !== "directory") return { status }
  return { status, children: new Map(fs.readdirSync(path).map((name) => [name, read(`${path}/${name}`)])) }
}

const directory = (children: ReadonlyMap<string, Node>): Node => ({
  status: { type: "directory", size: 0, modified: 0, mode: 0o40755 },
  children
})

const stepsOf = (path: string): ReadonlyArray<string> => path.split("/").filter((step) => step !== "" && step !== ".")

/** Everything below `root`, which is absolute, and nothing else. */
export const make = (root: string): FileSource => {
  let tree = read(root)
  for (const name of [...stepsOf(root)].reverse()) tree = directory(new Map([[name, tree]]))

  const find = (path: string, follows: boolean): Node => {
    let links = 0
    let way: ReadonlyArray<Node> = [tree]
    let rest = stepsOf(path)
    for (let [step] = rest; step !== undefined; [step] = rest) {
      rest = rest.slice(1)
      if (step === "..") {
        way = way.length > 1 ? way.slice(0, -1) : way
        continue
      }
      const above = way.at(-1)
      if (above?.children === undefined) throw new FileFailure("NotADirectory", path)
      const node = above.children.get(step)
      if (node === undefined) throw new FileFailure("NotFound", path)
      if (node.target !== undefined && (follows || rest.length > 0)) {
        links += 1
        if (links > mostLinks) throw new FileFailure("TooManyLinks", path)
        if (node.target.startsWith("/")) way = [tree]
        rest = [...stepsOf(node.target), ...rest]
      } else way = [...way, node]
    }
    return way.at(-1) ?? tree
  }
  return {
    readDirectory: async (path) => {
      const { children } = find(path, true)
      if (children === undefined) throw new FileFailure("NotADirectory", path)
      // As SFTP has it: with what is known of each entry
      return [...children].map(([name, { status }]): DirectoryEntry => ({ name, type: status.type, status }))
    },
    stat: async (path) => find(path, true).status,
    lstat: async (path) => find(path, false).status
  }
}

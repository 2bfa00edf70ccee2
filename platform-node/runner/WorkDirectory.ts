/**
 * Where the function stands: a directory of its own, in which the package's data files are at their relative paths.
 */
import * as fs from "node:fs"
import * as path from "node:path"

/**
 * Puts every file under `data/` of the package at its place in `work`: as a link to the read-only file, or as a copy that
 * may be changed. What is there already stays: a job that its scheduler started again finds its own files.
 */
export const linkData = (packageDirectory: string, work: string, copy: boolean): void => {
  const data = path.join(packageDirectory, "data")
  if (!fs.existsSync(data)) return
  const directories = [""]
  for (let at = directories.pop(); at !== undefined; at = directories.pop()) {
    fs.mkdirSync(path.join(work, at), { recursive: true })
    for (const entry of fs.readdirSync(path.join(data, at), { withFileTypes: true })) {
      const relative = path.join(at, entry.name)
      if (entry.isDirectory()) {
        directories.push(relative)
        continue
      }
      const from = path.join(data, relative)
      const to = path.join(work, relative)
      if (fs.lstatSync(to, { throwIfNoEntry: false }) !== undefined) continue
      if (copy) {
        fs.copyFileSync(from, to)
        fs.chmodSync(to, fs.statSync(from).mode | 0o200)
      } else fs.symlinkSync(from, to)
    }
  }
}

/** Whether there is nothing in `directory` but directories and links. */
export const holdsOnlyLinks = (directory: string): boolean => {
  const directories = [directory]
  for (let at = directories.pop(); at !== undefined; at = directories.pop()) {
    for (const entry of fs.readdirSync(at, { withFileTypes: true })) {
      if (entry.isDirectory()) directories.push(path.join(at, entry.name))
      else if (!entry.isSymbolicLink()) return false
    }
  }
  return true
}

import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { homedir } from "node:os"
import { resolve } from "node:path"

const root = resolve(import.meta.dirname, "../..")

/** Tracked files and those that the next commit could take. */
const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8"
}).split("\0").filter((file) => file !== "" && existsSync(resolve(root, file)))

const text = (file: string): string | undefined => {
  const bytes = readFileSync(resolve(root, file))
  return bytes.includes(0) ? undefined : bytes.toString("utf8")
}

const offenders = (pattern: RegExp, isAllowed: (line: string) => boolean = () => false): ReadonlyArray<string> =>
  files.flatMap((file) =>
    (text(file) ?? "").split("\n").flatMap((line, index) =>
      pattern.test(line) && !isAllowed(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : []
    )
  )

const escaped = (literal: string): string => literal.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")

/** Hosts of the reserved top-level domains lead nowhere: fixtures may use them. */
const namesReservedHost = (line: string): boolean => /https?:\/\/[\w.-]+\.(example|invalid|test)\b/.test(line)

describe("the files of the repository", () => {
  it("are listed", () => assert.isAbove(files.length, 20))

  it("name no package registry", () =>
    assert.deepStrictEqual(offenders(/\bregistry\.[\w-]+\.\w+|\/(artifactory|nexus)\//, namesReservedHost), []))

  it("hold no address that a lockfile was resolved to", () =>
    assert.deepStrictEqual(offenders(/"?resolved"?:? "https?:/, namesReservedHost), []))

  it("hold no absolute path of this machine", () => {
    // A home of one segment (`/root`) also occurs in made-up paths: only what lies hidden in it gives a machine away.
    const home = /^\/[^/]+$/.test(homedir()) ? `${homedir()}/.` : `${homedir()}/`
    const places = [root, home, ["", "work", ""].join("/")].map(escaped)
    assert.deepStrictEqual(offenders(new RegExp(`(${places.join("|")})`)), [])
  })

  it("end their lines with LF outside fixtures", () =>
    assert.deepStrictEqual(
      files.filter((file) => !/(^|\/)fixtures\//.test(file) && (text(file) ?? "").includes("\r\n")),
      []
    ))
})

/**
 * Invocations that others wrote: refused before anything is sent or started, in few words, with nothing in them that a terminal
 * obeys.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { makeWorkbench, type Workbench } from "../platform-node/cli/command.ts"

let bench: Workbench
let zip: string
let honest: Record<string, unknown>

beforeAll(async () => {
  bench = await makeWorkbench()
  bench.write("main.ts", "export const main = (...given: Array<unknown>) => given.length\n")
  const { stdout } = await bench.run(["package", "main.ts#main", "--args", "[1]", "--json"])
  const { invocationPath, packagePath } = JSON.parse(stdout)
  zip = packagePath
  honest = JSON.parse(Fs.readFileSync(invocationPath, "utf8"))
})

afterAll(() => bench.remove())

const evil = "\u001b[2J\u202eevil\u2066\u0007"
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth)
const cluster = (more: object) => ({ cluster: { clusterType: "local", ...more } })

/** What differs from an honest one, and what is said of it. */
const hostile: Readonly<Record<string, readonly [change: object, said: RegExp]>> = {
  "arguments that are no JSON": [{ arguments: `junk${evil}` }, /arguments: .*not JSON/],
  "arguments that are nested": [{ arguments: nested(5000) }, /arguments: .*nested more than/],
  "arguments that refer to nothing": [{ arguments: "[[7]]" }, /arguments: .*value 0/],
  "arguments of a kind nobody knows": [{ arguments: JSON.stringify([[1], [evil, 2], 1]) }, /arguments: .*value 1/],
  "an array that is longer than arrays are": [{ arguments: "[[1],[-7,4294967296]]" }, /arguments: .*value 1/],
  "options that are no value text": [{ options: evil.repeat(1000) }, /options: .*no value/],
  "a name of 5 MB": [{ package: { packageId: "a", digest: "b", functionName: "f".repeat(5_000_000) } },
    /package\.digest: Expected/],
  "a root of 100 kB": [{ filesystemRoot: evil.repeat(10_000) }, /filesystemRoot: Expected/],
  "a key of its own": [{ [evil.repeat(100)]: 1 }, /is unexpected/],
  "a cluster of another kind": [cluster({ clusterType: evil.repeat(1000) }),
    /clusterType: Expected "local" \| "ssh" \| "slurm" \| "sge" \| "pbs", actual/],
  "a memory of 400 digits": [cluster({ memory: `${"9".repeat(400)}GB` }), /memory: Expected an amount such as 8GB/],
  "cores beyond all bounds": [cluster({ cores: 1e300 }), /cores: Expected an integer, actual 1e\+300/],
  "cores below zero": [cluster({ cores: -5 }), /cores: Expected a number between 1 and/],
  "a cluster that is none": [{ cluster: evil.repeat(1000) }, /cluster: Expected/],
  "a thousand wrong keys of a cluster": [
    cluster(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`${evil}${index}`, 1]))),
    /is unexpected.*\n(?:.*\n){2} {2}and 997 more/
  ],
  "variables that nobody named": [{ environmentVariables: [`A${evil}`, ...Array(1000).fill("B")] },
    /asks for the environment variable/]
}

describe("an invocation of somebody else", () => {
  for (const [title, [change, said]] of Object.entries(hostile)) {
    it(`with ${title} is refused`, async () => {
      const file = Path.join(bench.directory, "foreign.invocation.json")
      Fs.writeFileSync(file, JSON.stringify({ ...honest, ...change }))
      const { code, stderr, stdout } = await bench.run(["run", zip, "--invocation", file])
      assert.include([2, 4], code, stderr)
      assert.strictEqual(stdout, "")
      assert.match(stderr, said)
      assert.include(stderr, "\n  → ")
      assert.isBelow(stderr.length, 2000)
      assert.notMatch(stderr, /[^\P{C}\n]/u, "a character that a terminal obeys")
      const jobs = Path.join(bench.directory, ".state", "clustrix", "jobs")
      assert.isFalse(Fs.existsSync(jobs), "a job was started")
    })
  }
})

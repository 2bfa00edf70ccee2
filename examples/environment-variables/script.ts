import { packageFunctionForExecution, run } from "clustrix/node"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import * as path from "node:path"

// Where packages are written
const directory = await mkdtemp(path.join(tmpdir(), "clustrix-example-"))
process.env["CLUSTRIX_PACKAGE_DIR"] = directory

// The runtime that runs the job; by default the one that submits it
process.env["CLUSTRIX_REMOTE_NODE_PATH"] = process.execPath

// Every decision of the packager, on standard error
process.env["CLUSTRIX_DEBUG_PACKAGING"] = "1"

const fn = `${import.meta.dirname}/analysis.ts#runtime`
const info = await packageFunctionForExecution(fn, { clusterType: "local" })
console.log(`Written where it was asked for: ${path.dirname(info.packagePath) === directory}`)
console.log(`Run by what was asked for: ${await run(fn) === process.execPath}`)

await rm(directory, { recursive: true })

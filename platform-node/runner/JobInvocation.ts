/**
 * What the runner reads of an invocation. The client checked it against its schema when it wrote it; here it is only made sure
 * that nothing is misread.
 */
import * as fs from "node:fs"
import * as BoundedJson from "../../core/archive/BoundedJson.ts"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import * as ValueText from "../../core/runtime/ValueText.ts"

export interface JobInvocation {
  /** Positional arguments, then the options object when it has any key. */
  readonly args: ReadonlyArray<unknown>
  readonly environmentVariables: ReadonlyArray<string>
  readonly filesystemRoot: string | undefined
  readonly workingDirectory: "job" | "remote_work_dir"
  readonly copyData: boolean
  /** On how many cores proven loops run. */
  readonly loopCores: number
}

/** A call without arguments, for `node execute.mjs` by hand. */
export const bare: JobInvocation = {
  args: [],
  environmentVariables: [],
  filesystemRoot: undefined,
  workingDirectory: "job",
  copyData: false,
  loopCores: 1
}

/** The arguments are one text in it. */
const limits: BoundedJson.Limits = { bytes: 536_870_888, depth: 32, elements: 20_000, stringBytes: 536_870_888 }

/** An invocation that cannot be understood, or that belongs to another package. */
export class InvocationFault extends Error {
  override readonly name = "InvocationFault"
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const printed = (value: unknown): string =>
  typeof value === "string" ? Quotation.plain(value) : typeof value === "number" ? String(value) : typeof value

/** Reads `file`. Throws {@link InvocationFault}. */
export const readInvocation = (file: string, packageDigest: string): JobInvocation => {
  const refuse = (why: string, cause?: unknown): never => {
    throw new InvocationFault(`${file} cannot be used: ${why}`, cause === undefined ? undefined : { cause })
  }
  const read = <A>(attempt: () => A, why: string): A => {
    try {
      return attempt()
    } catch (cause) {
      return refuse(`${why}: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
    }
  }
  const text = read(() => fs.readFileSync(file, "utf8"), "it cannot be read")
  const json: unknown = read(() => BoundedJson.parse(text, limits), "it cannot be read as JSON")
  if (!isRecord(json) || json["format"] !== "clustrix-invocation") return refuse("it is not an invocation of Clustrix")
  if (json["formatVersion"] !== 1) {
    return refuse(`this package's runner does not know format version ${printed(json["formatVersion"])}`)
  }
  const of = json["package"]
  if (!isRecord(of) || of["digest"] !== packageDigest) {
    return refuse(
      `it belongs to the package ${
        isRecord(of) ? printed(of["digest"]) : "unnamed"
      }, and this is the package ${packageDigest}`
    )
  }
  const valueOf = (key: string): unknown => {
    const carried = json[key]
    return typeof carried === "string"
      ? read(() => ValueText.decode(carried), `its ${key} cannot be read`)
      : refuse(`it has no ${key}`)
  }
  const positional = valueOf("arguments")
  const options = valueOf("options")
  if (!Array.isArray(positional)) return refuse("its arguments are not an array")
  if (!isRecord(options)) return refuse("its options are not an object")
  const names = json["environmentVariables"]
  const cluster = json["cluster"]
  const remoteWorkDir = isRecord(cluster) ? cluster["remoteWorkDir"] : undefined
  const root = json["filesystemRoot"] ?? remoteWorkDir
  const workingDirectory = json["workingDirectory"] ?? "job"
  if (workingDirectory !== "job" && workingDirectory !== "remote_work_dir") {
    return refuse(`its workingDirectory is ${printed(workingDirectory)}`)
  }
  return {
    args: Object.keys(options).length === 0 ? positional : [...positional, options],
    environmentVariables: Array.isArray(names) ? names.filter((name) => typeof name === "string") : [],
    filesystemRoot: typeof root === "string" ? root : undefined,
    workingDirectory,
    copyData: json["copyData"] === true,
    loopCores: isRecord(cluster) && cluster["parallel"] === true && typeof cluster["cores"] === "number"
      ? cluster["cores"]
      : 1
  }
}

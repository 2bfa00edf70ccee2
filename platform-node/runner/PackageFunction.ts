/**
 * The package that the runner lies in, and its function.
 */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import * as BoundedJson from "../../core/archive/BoundedJson.ts"

export interface PackageManifest {
  /** Absolute directory of the unpacked package. */
  readonly directory: string
  /** SHA-256 of manifest.json. */
  readonly digest: string
  /** Path of the module in the package. */
  readonly module: string
  /** Name of the export; `Class.method` for a static method. */
  readonly export: string
}

/** As many files as a package can have. */
const limits: BoundedJson.Limits = { bytes: 268_435_456, depth: 64, elements: 500_000, stringBytes: 65_536 }

/** A package, or a function in it, that is not as it should be. */
export class PackageFault extends Error {
  override readonly name = "PackageFault"
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** Reads manifest.json in `directory`. Throws {@link PackageFault}. */
export const readManifest = (directory: string): PackageManifest => {
  const file = path.join(directory, "manifest.json")
  let bytes: Buffer
  let manifest: unknown
  try {
    bytes = fs.readFileSync(file)
    manifest = BoundedJson.parse(bytes.toString("utf8"), limits)
  } catch (cause) {
    throw new PackageFault(`${file} cannot be read: this file must lie in an unpacked Clustrix package`, { cause })
  }
  const entry = isRecord(manifest) ? manifest["entry"] : undefined
  if (!isRecord(entry) || typeof entry["module"] !== "string" || typeof entry["export"] !== "string") {
    throw new PackageFault(`${file} does not name the function to call`)
  }
  return {
    directory,
    digest: createHash("sha256").update(bytes).digest("hex"),
    module: entry["module"],
    export: entry["export"]
  }
}

/** The function, with the `this` that it is called with: the class for a static method. */
export interface PackageFunction {
  readonly receiver: unknown
  readonly call: (...args: ReadonlyArray<unknown>) => unknown
}

const member = (holder: unknown, name: string): unknown =>
  (typeof holder === "object" && holder !== null) || typeof holder === "function" ? Reflect.get(holder, name)
    : undefined

/** Loads the entry's module, and with it everything that runs at its top level. */
export const loadFunction = async (manifest: PackageManifest): Promise<PackageFunction> => {
  const namespace: unknown = await import(pathToFileURL(path.join(manifest.directory, manifest.module)).href)
  const names = manifest.export.split(".")
  const [first = "default", ...rest] = names
  // Named exports of a CommonJS module that Node did not foresee hang on its default export.
  let value = member(namespace, first) ?? member(member(namespace, "default"), first)
  // `module.exports = function`, marked as transpiled: the function is the default of the default.
  if (typeof value === "object" && first === "default" && rest.length === 0) value = member(value, "default") ?? value
  let receiver: unknown
  for (const name of rest) {
    receiver = value
    value = member(value, name)
  }
  if (typeof value !== "function") {
    throw new PackageFault(
      `${manifest.module} has no function ${manifest.export}: it is ${value === null ? "null" : typeof value}`
    )
  }
  const target = value
  return { receiver, call: (...args) => Reflect.apply(target, receiver, args) }
}

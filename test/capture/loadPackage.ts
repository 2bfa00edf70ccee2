/**
 * The function of a package, loaded into this very process.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import type { AnyFunction } from "../../core/closures/FunctionLocator.ts"
import type { PreparedPackage } from "../../core/packaging/PreparedPackage.ts"

/** Below `scratch`, from which the npm packages of this project are found. */
export const loadPackage = async (scratch: string, { entries, entry }: PreparedPackage): Promise<AnyFunction> => {
  const directory = mkdtempSync(path.join(scratch, "package-"))
  for (const { content, path: name } of entries) {
    if (content._tag !== "Bytes") continue
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
    writeFileSync(path.join(directory, name), content.bytes)
  }
  const namespace: Record<string, unknown> = await import(pathToFileURL(path.join(directory, entry.module)).href)
  const [first = "", ...rest] = entry.export.split(".")
  let value = namespace[first]
  let receiver: unknown
  for (const name of rest) {
    receiver = value
    value = Reflect.get(Object(value), name)
  }
  if (typeof value !== "function") throw new TypeError(`${entry.export} of ${entry.module} is no function`)
  return value.bind(receiver)
}

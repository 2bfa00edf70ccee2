/**
 * The files of npm packages in a report: too many to name each.
 */
import { isVendored, vendorDirectory } from "../../../core/npm/VendorDirectory.ts"
import type { PreparedFile } from "../../../core/packaging/PreparedPackage.ts"
import type { Style } from "./Style.ts"
import { count, size } from "./Text.ts"

/** What is no file of an npm package, and what is. */
export const splitVendored = (
  files: ReadonlyArray<PreparedFile>
): readonly [ReadonlyArray<PreparedFile>, ReadonlyArray<PreparedFile>] => [
  files.filter(({ path }) => !isVendored(path)),
  files.filter(({ path }) => isVendored(path))
]

export const vendoredRows = (
  files: ReadonlyArray<PreparedFile>,
  style: Style
): ReadonlyArray<ReadonlyArray<string>> => {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return files.length === 0
    ? []
    : [[`${vendorDirectory}/`, `${count(files.length, "file")}, ${size(total)}`, style.dim("of these npm packages")]]
}

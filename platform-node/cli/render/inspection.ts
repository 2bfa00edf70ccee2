/**
 * What a package holds.
 */
import type { OpenPackage } from "../../../core/archive/OpenPackage.ts"
import type { Style } from "./Style.ts"
import { count, size, table, visible } from "./Text.ts"

/** `[ 0, "a" ]` as `0, "a"`; a member that is not there as `none`. */
const optionText = (value: unknown): string =>
  Array.isArray(value) ? (value.length === 0 ? "none" : value.map((item) => String(item)).join(", ")) : String(value)

/** What `clustrix inspect` prints. */
export const inspectionLines = (opened: OpenPackage, style: Style): ReadonlyArray<string> => {
  const { dependencies, function_info: called } = opened.metadata
  const unpacked = opened.entries.reduce((sum, entry) => sum + entry.size, 0)
  const qualities = [...(called.is_async ? ["async"] : []), ...(called.is_generator ? ["generator"] : [])]
  const section = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
    lines.length === 0 ? [] : ["", style.bold(title), ...lines]
  return [
    `${style.green("✓")} ${style.bold(visible(opened.name))} is whole: every byte is what its manifest says`,
    "",
    ...table([
      ["Function",
        `${style.bold(visible(called.name))}(${visible(called.parameters.join(", "))})  ${
          style.dim(visible([...qualities, `in ${called.module}`].join(", ")))
        }`],
      ["ID", style.bold(opened.packageId)],
      ["Digest", opened.digest],
      ["Size",
        `${size(opened.sizeBytes)}  ${
          style.dim(`(${count(opened.entries.length, "file")}, ${size(unpacked)} unpacked)`)
        }`],
      ["Format", String(opened.manifest.formatVersion)],
      ...Object.entries(opened.manifest.options).map(([key, value]) => [
        visible(key[0] === undefined ? key : key[0].toUpperCase() + key.slice(1)),
        visible(optionText(value))
      ])
    ]),
    ...section(
      "Files",
      table(
        opened.entries.map(({ mode, path, size: bytes }) => [
          style.dim(mode),
          size(bytes),
          visible(path)
        ]),
        { right: [1] }
      )
    ),
    ...section(
      "npm packages",
      table(dependencies.external_packages.map(({ name, version }) => [visible(name), visible(version)]))
    ),
    ...section(
      "Imports of the function",
      table(dependencies.imports.map(({ module, names }) => [
        visible(module),
        style.dim(visible(names.join(", ")))
      ]))
    ),
    ...section(
      "Local declarations",
      table(
        [...dependencies.local_functions, ...dependencies.local_declarations].map(({ kind, module, name }) => [
          visible(name),
          visible(kind),
          style.dim(visible(module))
        ])
      )
    ),
    ...section(
      "File system calls",
      table(dependencies.filesystem_calls.map(({ args, function: name, lineno }) => [
        visible(`${name}(${args.join(", ")})`),
        style.dim(`line ${lineno}`)
      ]))
    )
  ]
}

/** The same as JSON. */
export const inspectionJson = (opened: OpenPackage) => ({
  packageId: opened.packageId,
  digest: opened.digest,
  packagePath: opened.name,
  sizeBytes: opened.sizeBytes,
  manifest: opened.manifest,
  metadata: opened.metadata,
  entries: opened.entries.map(({ compressedBytes, mode, path, sha256, size: sizeBytes }) => ({
    path,
    mode,
    sizeBytes,
    compressedBytes,
    sha256
  }))
})

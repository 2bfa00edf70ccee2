/**
 * A finished packaging as text: what it saw, what it gave, and what it had to say.
 */
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import type { Decision, NodeId, Reason } from "../modules/Reason.ts"
import type { Observation } from "./memory/Observation.ts"
import { SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { PackageReport } from "./PreparedPackage.ts"

/** A file of the package store, with the SHA-256 of its bytes. */
export interface StoredFile {
  readonly fileName: string
  readonly sha256: string
}

export interface RememberedPackage {
  readonly observations: ReadonlyArray<Observation>
  readonly digest: string
  readonly packageId: string
  readonly zip: StoredFile
  /** Bytes of the ZIP. */
  readonly sizeBytes: number
  /** The text of metadata.json. */
  readonly metadata: string
  /** Where one was written. */
  readonly sourceMap: StoredFile | undefined
  readonly report: PackageReport
}

/** Bumped whenever the form of the text changes. */
export const version = 1

type Written = Omit<RememberedPackage, "report"> & {
  readonly report: Omit<PackageReport, "reasons"> & { readonly reasons: ReadonlyArray<readonly [NodeId, Reason]> }
}

export const encode = (remembered: RememberedPackage): string => {
  const { report } = remembered
  const written: Written = { ...remembered, report: { ...report, reasons: [...report.reasons] } }
  return JSON.stringify(written)
}

// Only `encode` writes such a text: the values were valid when they were made
const trusted = { disableValidation: true } as const

const location = (written: SourceLocation): SourceLocation => new SourceLocation(written, trusted)

// JSON leaves out members that are `undefined`
const reason = (written: Reason): Reason => ({
  ...written,
  from: written.from,
  location: written.location && location(written.location)
})

const diagnostic = ({ location: place, ...written }: Diagnostic): Diagnostic =>
  new Diagnostic(place === undefined ? written : { ...written, location: location(place) }, trusted)

/** Reads what {@link encode} wrote; `undefined` for any other text. */
export const decode = (text: string): RememberedPackage | undefined => {
  try {
    return read(JSON.parse(text) as Written)
  } catch {
    // A file that was cut off, or that another program wrote, is as good as none
    return undefined
  }
}

const read = (written: Written): RememberedPackage => {
  const { decisions, diagnostics, files, nodeModules, reasons, root, ...report } = written.report
  return {
    ...written,
    sourceMap: written.sourceMap,
    report: {
      ...report,
      nodeModules,
      root: { directory: root.directory, name: root.name },
      files: files.map((file) => ({ ...file, source: file.source })),
      reasons: new Map(reasons.map(([node, each]): readonly [NodeId, Reason] => [node, reason(each)])),
      decisions: decisions.map((decision): Decision => ({ ...decision, location: location(decision.location) })),
      diagnostics: diagnostics.map(diagnostic)
    }
  }
}

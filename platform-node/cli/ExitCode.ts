/**
 * What the command's exit codes mean. This table is what `--help` prints and what scripts may rely on.
 */

export const done = 0
export const negative = 1
export const usage = 2
export const notPackageable = 3
export const badPackage = 4
export const noResult = 5
export const storage = 6
export const defect = 70
export const interrupted = 130
export const brokenPipe = 141

/** Code and meaning, by code. */
export const table: ReadonlyArray<readonly [code: number, meaning: string]> = [
  [done, "Done."],
  [negative,
    "The function threw; the packages differ; what was asked for is not in the package, or the job left no such file."],
  [usage, "The command line or the configuration cannot be used as it is."],
  [notPackageable, "The function cannot be packaged."],
  [badPackage, "A package, or a file that belongs to one, is missing or damaged."],
  [noResult,
    "The cluster cannot be used, or the job gave no result: killed, out of time or memory, or a value that cannot be carried."],
  [storage, "A directory cannot be used: not writable, its disk is full, or a file is there already."],
  [defect, "A mistake in Clustrix itself. Please report it with what --debug prints."],
  [interrupted, "Interrupted by Ctrl-C; the job that `run` waited for was cancelled."],
  [brokenPipe, "Whoever read the output went away."]
]

/** Errors that do not mean {@link notPackageable}. */
const codes: Readonly<Record<string, number>> = {
  UsageError: usage,
  PackageOptionsError: usage,
  ClusterConfigError: usage,
  ConfigError: usage,
  ConfigurationError: usage,
  JobEnvironmentError: usage,
  JobAmbiguousError: usage,
  JobFailedError: negative,
  NotFoundInPackage: negative,
  NotExplainedError: negative,
  FilesNotFoundError: negative,
  PackageFormatError: badPackage,
  PackageReadError: badPackage,
  InvocationError: badPackage,
  SourceMapDocumentError: badPackage,
  JobNotStartedError: noResult,
  JobEndedError: noResult,
  JobCancelledError: noResult,
  JobVanishedError: noResult,
  NodeFailedError: noResult,
  JobNotFoundError: noResult,
  OutOfMemoryError: noResult,
  TimeLimitError: noResult,
  ValueNotCarriedError: noResult,
  ValueTextError: noResult,
  ResultEnvelopeError: noResult,
  DependenciesError: noResult,
  SchedulerError: noResult,
  TransportError: noResult,
  ServeError: storage,
  RuntimeMissingError: noResult,
  KeySetupError: noResult,
  FilesNotWrittenError: storage,
  PackageStoreError: storage,
  UnpackError: storage
}

/** The exit code for an error with this tag. `reason` is the error's own, where it has one. */
export const ofError = (tag: string, reason?: unknown): number =>
  tag === "KeySetupError" && reason !== "Refused"
    ? storage
    : (tag === "FunctionNotPackageableError" && reason === "InvalidReference") || reason === "Ambiguous"
    ? usage
    : codes[tag] ?? notPackageable

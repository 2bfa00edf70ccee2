/** The runtime that runs the job. */
export function runtime(): string {
  return process.execPath
}

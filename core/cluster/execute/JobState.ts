/** What a job may be in the middle of, or how it may have ended. `vanished`: nothing runs any more, and there is no result. */
export const jobStates = [
  "queued",
  "running",
  "succeeded",
  "failed",
  "cancelled",
  "timed-out",
  "out-of-memory",
  "node-failed",
  "vanished"
] as const

export type JobState = typeof jobStates[number]

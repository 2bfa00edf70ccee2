/**
 * How the runner ends, for shells and schedulers. The `result` of the job says the same in words.
 */

/** The function returned and its result was written. */
export const returned = 0
/** The function threw. */
export const threw = 1
/** The command line or the invocation cannot be understood. */
export const badInvocation = 2
/** The package's entry cannot be loaded. */
export const notLoaded = 3
/** The function returned a value that cannot be carried. */
export const notCarried = 4
/** An exception or a rejection that nobody caught ended the process. */
export const uncaught = 5
/** The function called `process.exit(0)`: nothing was returned, so this is not success. Other codes are passed on. */
export const exited = 6
/** The function's promise can never settle, because nothing is left that could settle it. Node's own code for it. */
export const unsettled = 13
/** The time limit ended the job, as coreutils' `timeout` says it. */
export const timedOut = 124
/** The job was cancelled: 128 + SIGTERM. */
export const cancelled = 143
/** V8 ends with SIGABRT when its heap is exhausted: 128 + 6. */
export const aborted = 134
/** 128 + SIGKILL: the kernel's out-of-memory killer, or somebody. */
export const killed = 137

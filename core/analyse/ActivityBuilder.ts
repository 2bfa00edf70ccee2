/**
 * Collects an {@link Activity} while a walk goes on.
 */
import type { Activity } from "./ModuleRecord.ts"

export class ActivityBuilder {
  readonly writes = new Set<string>()
  readonly passes = new Set<string>()
  readonly calls = new Set<string>()
  readonly callbacks = new Set<string>()
  readonly results = new Set<string>()
  readonly globalWrites = new Set<string>()
  readonly globalCalls = new Set<string>()
  throughLocals = false

  build(): Activity {
    return {
      writes: [...this.writes],
      passes: [...this.passes],
      calls: [...this.calls],
      callbacks: [...this.callbacks],
      results: [...this.results],
      globalWrites: [...this.globalWrites],
      globalCalls: [...this.globalCalls],
      throughLocals: this.throughLocals
    }
  }
}

/** Whether the code does nothing that outlives it. */
export const isInert = (self: Activity): boolean =>
  self.writes.length === 0 && self.passes.length === 0 && self.calls.length === 0 && self.callbacks.length === 0 &&
  self.results.length === 0 &&
  self.globalWrites.length === 0 && self.globalCalls.length === 0 && !self.throughLocals

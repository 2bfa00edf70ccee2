/**
 * This machine as a host of jobs.
 */
import { existsSync, readFileSync } from "node:fs"
import type { HostRuntime } from "../core/cluster/deploy/HostRuntime.ts"

/** Whether this machine's C library is musl: modules with native parts differ. Its `ldd`, a script, says so. */
const isMusl = (): boolean => {
  if (process.platform !== "linux") return false
  try {
    return readFileSync("/usr/bin/ldd", "utf8").includes("musl")
  } catch {
    return existsSync(`/lib/ld-musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`)
  }
}

/** The process's own runtime. */
export const current = (): HostRuntime => ({
  platform: `${process.platform}-${process.arch}${isMusl() ? "-musl" : ""}`,
  abi: `node${process.versions.modules}`,
  runtimePath: process.execPath
})

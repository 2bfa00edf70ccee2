/**
 * Seals the sample with one file more, into a store that keeps only the digest of what it is given. Prints JSON.
 */
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { statSync } from "node:fs"
import * as PackageEntry from "../../../core/archive/PackageEntry.ts"
import { sealPackage } from "../../../core/archive/SealPackage.ts"
import * as PackageStore from "../../../core/archive/PackageStore.ts"
import * as sample from "./sample.ts"

const file = process.argv[2] ?? ""
const entry = PackageEntry.file("data/file", file, statSync(file).size)

const program = Effect.gen(function*() {
  const hash = createHash("sha256")
  const store: typeof PackageStore.PackageStore.Service = {
    ...PackageStore.makeMemory(),
    stage: Effect.succeed({
      write: (bytes) => Effect.sync(() => void hash.update(bytes)),
      commit: (name) => Effect.succeed(name)
    })
  }
  const { digest } = yield* Effect.provideService(
    sealPackage({ ...sample.input, entries: [...sample.entries, entry] }),
    PackageStore.PackageStore,
    store
  )
  return { digest, zip: hash.digest("hex"), peakBytes: process.resourceUsage().maxRSS * 1024 }
})

void Effect.runPromise(Effect.provide(program, sample.platform)).then((result) => console.log(JSON.stringify(result)))

/**
 * Opens a package that a client sent, or sent before.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { openPackage, verifyPackage } from "../../../core/archive/OpenPackage.ts"
import type { PackageFormatError } from "../../../core/archive/PackageFormatError.ts"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import * as Hasher from "../../Hasher.ts"
import type { Failure, Tasks } from "./Task.ts"

const refused = (error: PackageFormatError | RandomAccess.PackageReadError): Failure => ({
  reason: error.reason,
  what: "What was sent is not the package that it is said to be",
  // The server's own path of it is nobody's business
  why: error._tag === "PackageFormatError" ? error.why ?? error.reason : error.reason,
  remedy: "Package the function again, and send the bytes of the ZIP as they are."
})

export const packageTask = (
  { digest, everyByte, path, unpackedBytes }: Tasks["package"]["input"]
): Effect.Effect<Tasks["package"]["output"], Failure> =>
  Effect.scoped(Effect.gen(function*() {
    const access = yield* RandomAccess.fromFile(path)
    const opened = yield* (everyByte ? verifyPackage : openPackage)(access, {
      expectedDigest: digest,
      limits: { totalBytes: unpackedBytes }
    })
    return {
      packageId: opened.packageId,
      functionName: opened.metadata.function_info.name,
      sizeBytes: access.sizeBytes
    }
  })).pipe(
    Effect.mapError(refused),
    Effect.provide(Layer.merge(NodeFileSystem.layer, Hasher.layer))
  )

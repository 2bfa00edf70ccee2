/**
 * `node_modules` in an unpacked package: a link to where its npm packages are, for Node looks for them nowhere else.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { vendorDirectory } from "../../npm/VendorDirectory.ts"

/** Makes the package in `directory` find `target` (absolute, or relative to it). */
export const link = (target: string, directory: string) =>
  Effect.scoped(Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const place = path.join(directory, "node_modules")
    if ((yield* Effect.orElseSucceed(fs.readLink(place), () => "")) === target) return
    // Put in its place by a rename, so that no job ever finds none
    const temporary = yield* fs.makeTempDirectoryScoped({ directory: path.dirname(directory), prefix: ".link." })
    yield* fs.symlink(target, path.join(temporary, "link"))
    yield* fs.rename(path.join(temporary, "link"), place)
  }))

/** For a package that brings its npm packages itself. */
export const linkVendored = (directory: string) => link(vendorDirectory, directory)

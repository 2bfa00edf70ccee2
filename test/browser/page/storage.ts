/**
 * The contract of `PackageStore`, held by the one of IndexedDB.
 */
import * as Layer from "effect/Layer"
import * as PackageStore from "../../../platform-browser/PackageStore.ts"
import { suite } from "../../contract/PackageStore.ts"
import { results } from "./Suite.ts"

let stores = 0

suite("IndexedDB", Layer.suspend(() => PackageStore.layer(`test-${stores++}`)))

declare global {
  var storage: typeof results
}

globalThis.storage = results

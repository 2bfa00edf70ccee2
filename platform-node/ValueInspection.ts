/**
 * What Node can say of a value that no JavaScript can: whether it is a Proxy.
 */
import * as Layer from "effect/Layer"
import { types } from "node:util"
import { ValueInspection } from "../core/runtime/ValueCodec.ts"

/** Provided to whoever encodes arguments, it has proxies refused by their path instead of read through their traps. */
export const layer: Layer.Layer<ValueInspection> = Layer.succeed(ValueInspection, { isProxy: types.isProxy })

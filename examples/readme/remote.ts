import { RemoteFunction } from "clustrix"
import { Cluster } from "clustrix/node"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { fitLine } from "../living-function/model.ts"

const program = Effect.gen(function*() {
  const predict = yield* RemoteFunction.make(fitLine([[1, 3], [2, 5], [3, 7]])) // packaged once
  const one = yield* predict.call(10)
  const many = yield* Stream.runCollect(predict.map([20, 30], { ordered: true }))
  return [one, ...many]
})

const layer = Cluster.layer({ clusterType: "local" })
const [one, ...many] = await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(layer)))
console.log(one) // 21
console.log(many.length) // 2

import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Transport from "../../../core/cluster/Transport.ts"
import * as contract from "../../contract/Transport.ts"

const directory = "/there"
const layer = Layer.tap(
  Transport.layerMemory,
  (context) =>
    Effect.flatMap(Transport.Transport, (transport) => transport.makeDirectory(directory)).pipe(Effect.provide(context))
)

contract.suite("memory", layer, () => directory, { hasShell: false })

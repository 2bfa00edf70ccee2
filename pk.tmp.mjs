// node --import tsx /tmp/pk.mjs FILE#NAME  -> prints emitted modules
import * as Effect from "effect/Effect"; import * as Exit from "effect/Exit"; import * as Cause from "effect/Cause"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { mkdtempSync } from "node:fs"
const t = mkdtempSync("/tmp/pk-"); Object.assign(process.env, { CLUSTRIX_PACKAGE_DIR: t+"/p", XDG_CACHE_HOME: t+"/c", XDG_STATE_HOME: t+"/s" })
const { FilePackager } = await import("/work/main/core/FilePackager.ts"); const NodeHost = await import("/work/main/platform-node/NodeHost.ts")
const rt = ManagedRuntime.make(NodeHost.layer)
for (const ref of process.argv.slice(2)) {
  const exit = await rt.runPromiseExit(Effect.flatMap(FilePackager, (p) => p.prepare(ref, {})))
  if (Exit.isFailure(exit)) { console.log(Cause.pretty(exit.cause)); continue }
  for (const e of exit.value.entries) if (e.path.startsWith("modules/")) console.log("//", e.path, "\n" + new TextDecoder().decode(e.content.bytes))
  for (const d of exit.value.diagnostics) console.log(String(d.severity), String(d.message ?? d))
}
await rt.dispose()

/**
 * What a host says when something fails there, in few words, none of which a terminal obeys.
 */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { SFTPWrapper } from "ssh2"
import { layerMemory, Transport } from "../../core/cluster/Transport.ts"
import * as AuthorizedKeys from "../../platform-node/ssh/AuthorizedKeys.ts"
import * as Sftp from "../../platform-node/ssh/Sftp.ts"

const words = `\u001b[2J\u202e${"x".repeat(5000)}`

const assertFew = (text: string): void => {
  assert.include(text, "xxx")
  assert.notMatch(text, /x{201}/)
  assert.notMatch(text, /[^\P{C}\n]/u)
}

it("files", async () => {
  // Of a file that is not there nothing more is asked
  const unasked = {} as SFTPWrapper
  const error = await Sftp.toError(unasked, Object.assign(new Error(words), { code: 2 }), "Cannot read", "/a")
  assert.strictEqual(error.reason, "NotFound")
  assertFew(error.why ?? "")
})

it("commands", async () => {
  const error = await Effect.gen(function*() {
    const memory = yield* Transport
    const transport: typeof Transport.Service = {
      ...memory,
      exec: () => Effect.succeed({ stdout: "", stderr: words, exitCode: 1 })
    }
    return yield* Effect.flip(AuthorizedKeys.install(transport, "ssh-ed25519 AAAA"))
  }).pipe(Effect.provide(layerMemory), Effect.runPromise)
  assertFew(error.why ?? "")
})

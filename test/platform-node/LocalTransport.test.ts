import { afterAll, assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as LocalTransport from "../../platform-node/LocalTransport.ts"
import * as contract from "../contract/Transport.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-transport-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))
const directory = (): string => fs.mkdtempSync(path.join(scratch, "d"))

contract.suite("local", LocalTransport.layer, directory)

describe("the state directory", () => {
  const given = (entries: Record<string, string>) =>
    Effect.runSync(Effect.withConfigProvider(
      LocalTransport.stateDirectory,
      ConfigProvider.fromMap(new Map(Object.entries(entries)))
    ))

  it("is CLUSTRIX_STATE_DIR, else XDG's, else the usual one", () => {
    assert.strictEqual(given({ CLUSTRIX_STATE_DIR: "/s", XDG_STATE_HOME: "/x" }), "/s")
    assert.strictEqual(given({ XDG_STATE_HOME: "/x" }), "/x/clustrix")
    const usual = path.join(os.homedir(), ".local/state/clustrix")
    assert.strictEqual(given({ XDG_STATE_HOME: "relative" }), usual)
    assert.strictEqual(given({}), usual)
  })
})

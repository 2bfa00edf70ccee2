import { afterAll, beforeAll, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as SshTransport from "../../platform-node/ssh/SshTransport.ts"
import * as contract from "../contract/Transport.ts"
import * as Sshd from "./Sshd.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-ssh-")))
const directory = (): string => fs.mkdtempSync(path.join(scratch, "d"))
let sshd: Sshd.Sshd

beforeAll(async () => {
  if (Sshd.missing === undefined) sshd = await Sshd.make()
})
afterAll(() => {
  sshd?.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
})

describe.skipIf(Sshd.missing !== undefined)("over SSH", () => {
  contract.suite("SSH", Layer.unwrapEffect(Effect.sync(() => SshTransport.layer(sshd.options))), directory)
})

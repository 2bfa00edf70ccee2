/**
 * Makes a key, installs it on a host with the password, and proves it.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Redacted from "effect/Redacted"
import type { TransportError } from "../../core/cluster/Transport.ts"
import * as AuthorizedKeys from "./AuthorizedKeys.ts"
import * as KeyPair from "./KeyPair.ts"
import * as SshConnection from "./SshConnection.ts"
import * as SshTarget from "./SshTarget.ts"
import * as SshTransport from "./SshTransport.ts"

export interface SetupRequest {
  /** Where it goes. Keys, agent and password of it are not used. */
  readonly options: SshTarget.SshOptions
  readonly keyFile: string
  readonly acceptNewHostKey: boolean
  /** Asked for when the key does not let us in. */
  readonly password: (location: string) => Effect.Effect<Redacted.Redacted, KeyPair.KeySetupError>
}

export interface Setup {
  readonly key: KeyPair.KeyPair
  readonly target: SshTarget.SshTarget
  /** `worked`: nothing was to be done. */
  readonly outcome: "added" | "there" | "worked"
  /** The host's key. */
  readonly hostKey: string
  /** The file that it was written to, if it was unknown. */
  readonly learntIn: string | undefined
}

const notProven = (cause: TransportError, location: string): KeyPair.KeySetupError =>
  new KeyPair.KeySetupError({
    reason: "Refused",
    what: `The key is installed on ${location}, and does not let us in`,
    why: [cause.what, cause.why].join(": "),
    remedy:
      "Ask its administrator for PubkeyAuthentication and AuthorizedKeysFile; your home and ~/.ssh there must be writable by "
      + "you only.",
    cause
  })

export const setUp = (request: SetupRequest): Effect.Effect<Setup, KeyPair.KeySetupError | TransportError> =>
  Effect.gen(function*() {
    const { acceptNewHostKey, keyFile, options } = request
    const key = yield* KeyPair.ensure(keyFile, options.keyPassphrase)
    const byKey = (hostKeys: SshTarget.HostKeyMode) =>
      Effect.gen(function*() {
        const resolved = yield* SshTarget.resolve({ ...options, keyFile, hostKeys })
        // Jumps keep what they log in with
        const target = { ...resolved, agent: undefined, password: undefined, prompt: undefined }
        const { hostKey } = yield* Effect.scoped(SshConnection.connect(target, () => undefined))
        return { target, hostKey }
      })
    // Who the host is comes first: no password for a stranger
    const known = yield* Effect.either(byKey("yes"))
    if (Either.isRight(known)) return { key, ...known.right, outcome: "worked", learntIn: undefined } as const
    const isStranger = known.left.reason === "HostKey"
    if (known.left.reason !== "Authentication" && !(isStranger && acceptNewHostKey)) return yield* known.left

    const base = yield* SshTarget.resolve(options)
    const password = yield* request.password(SshTarget.describe(base))
    const byPassword: SshTarget.SshTarget = {
      ...base,
      password,
      identityFiles: [],
      agent: undefined,
      hostKeys: acceptNewHostKey ? "accept-new" : "yes",
      jumps: base.jumps.map((jump) => ({ ...jump, hostKeys: acceptNewHostKey ? "accept-new" : "yes" }))
    }
    const { wasThere } = yield* Effect.scoped(Effect.flatMap(
      SshTransport.scoped(byPassword),
      (transport) => AuthorizedKeys.install(transport, key.publicLine)
    ))
    const proven = yield* Effect.mapError(
      byKey("yes"),
      (error) => error.reason === "Authentication" ? notProven(error, SshTarget.describe(base)) : error
    )
    return {
      key,
      ...proven,
      outcome: wasThere ? "there" : "added",
      learntIn: isStranger ? base.knownHostsFiles[0] : undefined
    } as const
  })

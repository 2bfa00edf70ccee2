/**
 * A key of our own for clusters: ed25519, in OpenSSH's format, made once.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { value } from "effect/Redacted"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import ssh2 from "ssh2"
import type { ParsedKey } from "ssh2"

export class KeySetupError extends Data.TaggedError("KeySetupError")<{
  /** `NotWritable`: it cannot be kept here. `Unusable`: what is there is no key that can be opened. `Refused`: not there. */
  readonly reason: "NotWritable" | "Unusable" | "Refused"
  readonly what: string
  readonly why?: string
  readonly remedy?: string
  readonly cause?: unknown
}> {}

export interface KeyPair {
  /** Of the private half; the public one is beside it with `.pub`. */
  readonly file: string
  /** One line of `authorized_keys`, without its end. */
  readonly publicLine: string
  readonly wasMade: boolean
}

/** Where it lies. */
export const defaultFile = (): string => Path.join(Os.homedir(), ".ssh", "id_ed25519_clustrix")

const parse = (text: string, passphrase?: string): ParsedKey | Error => {
  const parsed: unknown = ssh2.utils.parseKey(text, passphrase)
  return (Array.isArray(parsed) ? parsed[0] : parsed) as ParsedKey | Error // its types know one key only
}

/** ssh2 1.17 makes about one of 200 keys that cannot be read again: it cuts a zero off its beginning. */
const isSound = (pair: { readonly private: string; readonly public: string }): boolean => {
  const privateHalf = parse(pair.private)
  const publicHalf = parse(pair.public)
  if (privateHalf instanceof Error || publicHalf instanceof Error) return false
  const probe = Buffer.from("probe")
  const signature = privateHalf.sign(probe)
  return !(signature instanceof Error) && publicHalf.verify(probe, signature) === true
}

const generate = (comment: string): { readonly private: string; readonly public: string } => {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync("ed25519", { comment })
    if (isSound(pair)) return pair
  }
}

const lineOf = (key: ParsedKey, comment: string): string =>
  `${key.type} ${key.getPublicSSH().toString("base64")} ${comment}`

const read = (
  file: string,
  text: string,
  comment: string,
  passphrase: Redacted.Redacted | undefined
): Effect.Effect<KeyPair, KeySetupError> =>
  Effect.suspend(() => {
    const key = parse(text, passphrase === undefined ? undefined : value(passphrase))
    return key instanceof Error || !key.isPrivateKey()
      ? Effect.fail(
        new KeySetupError({
          reason: "Unusable",
          what: `${file} is there already, and holds no private key that can be opened`,
          why: key instanceof Error ? key.message : "It holds the public half only.",
          remedy: "Give its passphrase in CLUSTRIX_KEY_PASSPHRASE, or move it away: it is not overwritten."
        })
      )
      : Effect.succeed({ file, publicLine: lineOf(key, key.comment || comment), wasMade: false })
  })

const write = (file: string, comment: string): KeyPair => {
  const pair = generate(comment)
  Fs.mkdirSync(Path.dirname(file), { recursive: true, mode: 0o700 })
  // Whoever was faster has made it
  Fs.writeFileSync(file, pair.private.endsWith("\n") ? pair.private : `${pair.private}\n`, { mode: 0o600, flag: "wx" })
  Fs.writeFileSync(`${file}.pub`, `${pair.public.trim()}\n`, { mode: 0o644 })
  return { file, publicLine: pair.public.trim(), wasMade: true }
}

const readIfThere = (file: string): string | undefined => {
  try {
    return Fs.readFileSync(file, "utf8")
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined
    throw cause
  }
}

const notKept = (file: string) => (cause: unknown): KeySetupError =>
  new KeySetupError({
    reason: "NotWritable",
    what: `The key ${file} cannot be kept here`,
    why: cause instanceof Error ? cause.message : String(cause),
    remedy: "Make ~/.ssh a directory that you may read and write.",
    cause
  })

/** The key in `file`; a new one when there is none. Never overwrites anything. */
export const ensure = (
  file: string,
  passphrase: Redacted.Redacted | undefined
): Effect.Effect<KeyPair, KeySetupError> =>
  Effect.gen(function*() {
    const comment = `clustrix@${Os.hostname()}`
    const there = yield* Effect.try({ try: () => readIfThere(file), catch: notKept(file) })
    return there === undefined
      ? yield* Effect.try({ try: () => write(file, comment), catch: notKept(file) })
      : yield* read(file, there, comment, passphrase)
  })

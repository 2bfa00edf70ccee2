/**
 * How we prove who we are: the keys of an agent, keys in files, what a person knows. In OpenSSH's order.
 */
import * as Redacted from "effect/Redacted"
import * as Fs from "node:fs"
import ssh2 from "ssh2"
import type { AnyAuthMethod, ParsedKey, SignCallback, SigningRequestOptions } from "ssh2"
import * as KnownHosts from "./KnownHosts.ts"
import * as PublicKey from "./PublicKey.ts"
import type { SshPolicy } from "./SshPolicy.ts"
import type * as SshTarget from "./SshTarget.ts"

export interface Attempt {
  /** For people: `key ~/.ssh/id_ed25519`. */
  readonly label: string
  readonly method: AnyAuthMethod
}

export interface Login {
  readonly attempts: ReadonlyArray<Attempt>
  /** What could not be used, and why. */
  readonly notes: ReadonlyArray<string>
}

/** An agent that does not answer is none. */
const agentMillis = 5000

const readIfThere = (file: string): string | undefined => {
  try {
    return Fs.readFileSync(file, "utf8")
  } catch {
    return undefined
  }
}

/** The first of the keys, of which a file of OpenSSH's has but one. */
const parse = (text: string, passphrase?: string): ParsedKey | Error => {
  const parsed = ssh2.utils.parseKey(text, passphrase)
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed
  return key === undefined ? new Error("It holds no key.") : key as ParsedKey | Error // its types know one key only
}

/** The public half, which an encrypted file shows too (PROTOCOL.key of OpenSSH). */
const publicHalf = (text: string): Buffer | undefined => {
  const [, body] = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text) ?? []
  if (body === undefined) return undefined
  const bytes = Buffer.from(body, "base64")
  let at = "openssh-key-v1\0".length
  const field = (): Buffer => {
    const length = bytes.readUInt32BE(at)
    at += 4 + length
    return bytes.subarray(at - length, at)
  }
  try {
    // Cipher, key derivation and its options; then the number of keys
    for (let fields = 0; fields < 3; fields += 1) field()
    at += 4
    return field()
  } catch {
    return undefined
  }
}

/** How the protocol calls a way to log in. */
export const nameOf = ({ type }: AnyAuthMethod): string => type === "agent" ? "publickey" : type

/** The algorithms that a key of this type can sign with, by the hash that ssh2 names; other types have one. */
const rsaSignatures: Readonly<Record<string, string>> = {
  sha1: "ssh-rsa",
  sha256: "rsa-sha2-256",
  sha512: "rsa-sha2-512"
}

/** Why a key must not be used at all; `undefined` where it may. */
const flawOf = ({ requiredRsaSize, signatures }: SshPolicy, publicKey: Buffer): string | undefined => {
  const type = KnownHosts.keyTypeOf(publicKey)
  const possible = type === "ssh-rsa" ? Object.values(rsaSignatures) : [type]
  if (signatures !== undefined && !possible.some((each) => signatures.includes(each))) {
    return `PubkeyAcceptedAlgorithms has nothing for ${type}`
  }
  const parsed = PublicKey.parse(publicKey)
  const bits = parsed === undefined ? undefined : PublicKey.rsaBits(parsed)
  return bits !== undefined && bits < requiredRsaSize
    ? `it has ${bits} bits, and RequiredRSASize is ${requiredRsaSize}`
    : undefined
}

/** Why a signature by this hash must not be made; the server's wishes decide over the hash of an RSA key. */
const signatureFlaw = ({ signatures }: SshPolicy, type: string, hash: string | undefined): string | undefined => {
  const algorithm = type === "ssh-rsa" ? rsaSignatures[hash ?? "sha1"] ?? "ssh-rsa" : type
  return signatures === undefined || signatures.includes(algorithm)
    ? undefined
    : `the host takes ${algorithm} of it, which PubkeyAcceptedAlgorithms leaves out`
}

/** The key, which signs by no algorithm that is left out. */
const restricted = (key: ParsedKey, policy: SshPolicy): ParsedKey => {
  const sign = (data: Buffer | string, hash?: string): Buffer | Error => {
    const flaw = signatureFlaw(policy, key.type, hash)
    return flaw === undefined ? key.sign(data, hash) : new Error(flaw)
  }
  // ssh2 knows its keys by a property, which is inherited
  return Object.assign(Object.create(key) as ParsedKey, { sign })
}

/** An agent that shows one of its keys, and signs by no algorithm that is left out. */
class OneKeyAgent extends ssh2.OpenSSHAgent {
  readonly #key: ParsedKey
  readonly #policy: SshPolicy
  constructor(socket: string, key: ParsedKey, policy: SshPolicy) {
    super(socket)
    this.#key = key
    this.#policy = policy
  }
  override sign(
    key: Parameters<ssh2.OpenSSHAgent["sign"]>[0],
    data: Buffer,
    options?: SigningRequestOptions | SignCallback,
    callback?: SignCallback
  ): boolean {
    const chosen = typeof options === "object" ? options : undefined
    const done = typeof options === "function" ? options : callback
    const flaw = signatureFlaw(this.#policy, this.#key.type, chosen?.hash)
    if (flaw === undefined) return super.sign(key, data, chosen, done)
    done?.(new Error(flaw))
    return false
  }
  override getIdentities(callback: Parameters<ssh2.OpenSSHAgent["getIdentities"]>[0]): void {
    callback(undefined, [this.#key])
  }
}

const identitiesOf = (socket: string): Promise<ReadonlyArray<ParsedKey>> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("It does not answer.")), agentMillis)
    new ssh2.OpenSSHAgent(socket).getIdentities((error, keys) => {
      clearTimeout(timer)
      if (error) reject(error)
      else resolve((keys ?? []) as ReadonlyArray<ParsedKey>) // OpenSSH's agent gives parsed keys
    })
  })

interface Identity {
  readonly file: string
  readonly publicKey: Buffer | undefined
  readonly attempt: Attempt | undefined
  readonly note: string | undefined
}

const readIdentity = (target: SshTarget.SshTarget, file: string): Identity => {
  const { username } = target
  const beside = parse(readIfThere(`${file}.pub`) ?? "")
  const besideKey = beside instanceof Error ? undefined : beside.getPublicSSH()
  const unusable = (note: string | undefined, publicKey: Buffer | undefined = besideKey): Identity => ({
    file,
    publicKey,
    attempt: undefined,
    note: note === undefined ? undefined : `key ${file}: ${note}`
  })
  let text: string
  try {
    text = Fs.readFileSync(file, "utf8")
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT"
    return unusable(isMissing ? target.identitiesOnly ? "not found" : undefined : String(cause))
  }
  const passphrase = target.keyPassphrase === undefined ? undefined : Redacted.value(target.keyPassphrase)
  const parsed = parse(text, passphrase)
  if (parsed instanceof Error) {
    const isLocked = /encrypted|passphrase|integrity|decrypt/i.test(parsed.message)
    const note = !isLocked ? parsed.message
      : `its passphrase is ${
        passphrase === undefined ? "not given (key_passphrase, or add it to an agent)" : "another one"
      }`
    return unusable(note, publicHalf(text) ?? besideKey)
  }
  const publicKey = parsed.getPublicSSH()
  const flaw = flawOf(target.policy, publicKey)
  if (flaw !== undefined) return unusable(flaw, publicKey)
  if (!parsed.isPrivateKey()) return unusable("only the public half, and no agent has the other one", publicKey)
  return {
    file,
    publicKey,
    attempt: {
      label: `key ${file}`,
      // Parsed: to open it a second time takes seconds
      method: { type: "publickey", username, key: restricted(parsed, target.policy) }
    },
    note: undefined
  }
}

const agentAttempt = (
  { policy, username }: SshTarget.SshTarget,
  socket: string,
  key: ParsedKey,
  file: string | undefined
): Attempt => ({
  label: `agent key ${file ?? (key.comment || KnownHosts.fingerprint(key.getPublicSSH()))}`,
  method: { type: "agent", username, agent: new OneKeyAgent(socket, key, policy) }
})

/** `pause` and `resume` stand around what a person is asked: that takes its time. */
const personalAttempts = (
  { password, policy, prompt: question, username }: SshTarget.SshTarget,
  pause: () => void,
  resume: () => void
): ReadonlyArray<Attempt> => {
  const attempts: Array<Attempt> = []
  const prompt = policy.isBatch ? undefined : question
  if (password !== undefined || prompt !== undefined) {
    let passwordGiven = false
    attempts.push({
      label: "keyboard-interactive",
      method: {
        type: "keyboard-interactive",
        username,
        prompt: (_name, _instructions, _language, prompts, finish) => {
          const answer = async (): Promise<Array<string>> => {
            const answers: Array<string> = []
            for (const { echo, prompt: question } of prompts) {
              if (password !== undefined && !passwordGiven && echo !== true && /pass/i.test(question)) {
                passwordGiven = true
                answers.push(Redacted.value(password))
              } else answers.push(prompt === undefined ? "" : await prompt(question, echo !== true))
            }
            return answers
          }
          pause()
          answer().catch(() => prompts.map(() => "")).then((answers) => {
            resume()
            finish(answers)
          })
        }
      }
    })
  }
  if (password !== undefined) {
    attempts.push({ label: "password", method: { type: "password", username, password: Redacted.value(password) } })
  }
  return attempts
}

/** Each key is shown once, for servers count (`MaxAuthTries`): by the agent, if that has it. */
export const make = async (target: SshTarget.SshTarget, pause: () => void, resume: () => void): Promise<Login> => {
  const { agent, policy } = target
  const identities = target.identityFiles.map((file) => readIdentity(target, file))
  const notes: Array<string> = []
  let agentKeys: ReadonlyArray<ParsedKey> = []
  if (agent !== undefined) {
    try {
      agentKeys = await identitiesOf(agent)
      if (agentKeys.length === 0) notes.push(`agent ${agent}: it has no keys`)
    } catch (cause) {
      notes.push(`agent ${agent}: ${cause instanceof Error ? cause.message : String(cause)}`)
    }
  }
  const fileOf = (key: ParsedKey): Identity | undefined =>
    identities.find(({ publicKey }) => publicKey?.equals(key.getPublicSSH()))
  const usable = agentKeys.filter((key) => {
    const flaw = flawOf(policy, key.getPublicSSH())
    if (flaw !== undefined) notes.push(`${agentAttempt(target, "", key, fileOf(key)?.file).label}: ${flaw}`)
    return flaw === undefined
  })
  const named = usable.filter((key) => fileOf(key) !== undefined)
    .sort((a, b) =>
      identities.findIndex((each) => each === fileOf(a)) - identities.findIndex((each) => each === fileOf(b))
    )
  const others = target.identitiesOnly ? [] : usable.filter((key) => fileOf(key) === undefined)
  if (target.identitiesOnly && agentKeys.length > 0 && named.length === 0) {
    notes.push(`agent ${agent}: none of its ${agentKeys.length} keys is one that was named`)
  }
  const alone = identities.filter((identity) => !named.some((key) => fileOf(key) === identity))
  const attempts = [
    ...(agent === undefined ? [] :
      [...named, ...others].map((key) => agentAttempt(target, agent, key, fileOf(key)?.file))),
    ...alone.flatMap(({ attempt }) => attempt === undefined ? [] : [attempt]),
    ...personalAttempts(target, pause, resume)
  ]
  const left = new Set(attempts.map(({ method }) => nameOf(method)))
  return {
    // Stable: of one method they stay in their order
    attempts: policy.methods.flatMap((name) => attempts.filter(({ method }) => nameOf(method) === name)),
    notes: [
      ...alone.flatMap(({ note }) => note === undefined ? [] : [note]),
      ...notes,
      ...policy.notes.flatMap(({ method, why }) => left.has(method) ? [`${method}: ${why}`] : [])
    ]
  }
}

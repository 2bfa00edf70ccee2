/**
 * Public keys in SSH's wire format: strings with their length in front (RFC 4253, 6.6; RFC 5656; RFC 8709).
 */

export interface PublicKey {
  readonly type: string
  readonly fields: ReadonlyArray<Uint8Array>
}

/** How many fields stand behind the type, of the types that a host can have without a certificate. */
const fieldsOf: Readonly<Record<string, number>> = {
  "ssh-ed25519": 1,
  "ssh-rsa": 2,
  "ssh-dss": 4,
  "ecdsa-sha2-nistp256": 2,
  "ecdsa-sha2-nistp384": 2,
  "ecdsa-sha2-nistp521": 2,
  "sk-ssh-ed25519@openssh.com": 2,
  "sk-ecdsa-sha2-nistp256@openssh.com": 3
}

/** The key; `undefined` where the bytes are no key of a type that is known here, or something is behind it. */
export const parse = (bytes: Uint8Array): PublicKey | undefined => {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Array<Buffer> = []
  for (let at = 0; at < view.length;) {
    if (at + 4 > view.length) return undefined
    const end = at + 4 + view.readUInt32BE(at)
    if (end > view.length) return undefined
    parts.push(view.subarray(at + 4, end))
    at = end
  }
  const [type, ...fields] = parts
  if (type === undefined) return undefined
  const key = { type: type.toString("latin1"), fields }
  if (!Object.hasOwn(fieldsOf, key.type) || fields.length !== fieldsOf[key.type]) return undefined
  const [first] = fields
  if (key.type === "ssh-ed25519" && first?.length !== 32) return undefined
  const curve = key.type.startsWith("ecdsa-sha2-") ? key.type.slice("ecdsa-sha2-".length) : undefined
  return curve !== undefined && first?.toString("latin1") !== curve ? undefined : key
}

/** The length of an RSA key's modulus; `undefined` of other keys. */
export const rsaBits = (key: PublicKey): number | undefined => {
  const modulus = key.type === "ssh-rsa" ? key.fields[1] : undefined
  if (modulus === undefined) return undefined
  const start = modulus.findIndex((byte) => byte !== 0)
  return start === -1 ? 0 : (modulus.length - start) * 8 - (Math.clz32(modulus[start] ?? 0) - 24)
}

/**
 * The bytes of base64 as OpenSSH reads it (`b64_pton`): nothing but its alphabet, padded, no bits left over. `undefined` for anything
 * else; Node passes over what it does not know.
 */
export const fromBase64 = (text: string): Uint8Array | undefined => {
  const bytes = Buffer.from(text, "base64")
  return bytes.toString("base64") === text ? bytes : undefined
}

/**
 * A file of public keys, one a line, as `RevokedHostKeys` names it ("AUTHORIZED_KEYS FILE FORMAT" of sshd(8), without options).
 */
import * as PublicKey from "./PublicKey.ts"

/** How a binary key revocation list begins (PROTOCOL.krl of OpenSSH). */
const krlMagic = "SSHKRL\n\0"

export const isRevocationList = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, krlMagic.length)).toString("latin1") === krlMagic

/** The line, from 1, that has the key; `undefined` if none has. Lines that hold no key are passed over. */
export const lineOf = (text: string, key: Uint8Array): number | undefined => {
  const index = text.split(/\r?\n/).findIndex((line) => {
    const [type, encoded] = line.trim().split(/[ \t]+/)
    const bytes = type === undefined || type.startsWith("#") || encoded === undefined
      ? undefined
      : PublicKey.fromBase64(encoded)
    return bytes !== undefined && PublicKey.parse(bytes)?.type === type && Buffer.compare(bytes, key) === 0
  })
  return index === -1 ? undefined : index + 1
}

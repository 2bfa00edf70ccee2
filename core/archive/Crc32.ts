/**
 * CRC-32 as ZIP has it (ISO 3309, polynomial 0xEDB88320), eight bytes at a time.
 */

const tables: ReadonlyArray<Int32Array> = (() => {
  const made = Array.from({ length: 8 }, () => new Int32Array(256))
  const [first] = made
  if (first === undefined) return made
  for (let n = 0; n < 256; n++) {
    let c = n
    for (let k = 0; k < 8; k++) c = (c & 1) === 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1
    first[n] = c
  }
  for (let t = 1; t < 8; t++) {
    const [before, table] = [made[t - 1], made[t]]
    if (before === undefined || table === undefined) continue
    for (let n = 0; n < 256; n++) {
      const c = before[n] ?? 0
      table[n] = (first[c & 255] ?? 0) ^ (c >>> 8)
    }
  }
  return made
})()

const empty = new Int32Array(256)
const [t0 = empty, t1 = empty, t2 = empty, t3 = empty, t4 = empty, t5 = empty, t6 = empty, t7 = empty] = tables

/** The CRC-32 of the bytes so far (`crc`, 0 at the start) followed by `bytes`, as an unsigned number. */
export const update = (crc: number, bytes: Uint8Array): number => {
  let c = ~crc
  let i = 0
  // `as number`: every index is within bounds by construction, and this loop runs over each packaged byte.
  for (const end = bytes.length - 7; i < end; i += 8) {
    c ^= (bytes[i] as number) | ((bytes[i + 1] as number) << 8) | ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24)
    c = (t7[c & 255] as number) ^ (t6[(c >>> 8) & 255] as number) ^ (t5[(c >>> 16) & 255] as number) ^
      (t4[c >>> 24] as number) ^ (t3[bytes[i + 4] as number] as number) ^ (t2[bytes[i + 5] as number] as number) ^
      (t1[bytes[i + 6] as number] as number) ^ (t0[bytes[i + 7] as number] as number)
  }
  for (; i < bytes.length; i++) c = (t0[(c ^ (bytes[i] as number)) & 255] as number) ^ (c >>> 8)
  return ~c >>> 0
}

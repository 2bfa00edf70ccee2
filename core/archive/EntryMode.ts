/**
 * The permissions of an entry: a function of its first bytes alone, so that no file system has a say in them.
 */
import * as Schema from "effect/Schema"

/** Octal, as `chmod` takes it. */
export const EntryMode = Schema.Literal("0644", "0755")
export type EntryMode = typeof EntryMode.Type

/** How many bytes from the start decide. */
export const headBytes = 8

const starts = (head: Uint8Array, ...magic: ReadonlyArray<number>): boolean =>
  head.length >= magic.length && magic.every((byte, index) => head[index] === byte)

/**
 * A universal Mach-O binary shares its magic with Java's class files: there the next four bytes are the number of
 * architectures, here a class file version, which is 45 at least (`file(1)` tells them apart in the same way).
 */
const isUniversalMachO = (head: Uint8Array): boolean =>
  (starts(head, 0xca, 0xfe, 0xba, 0xbe) || starts(head, 0xca, 0xfe, 0xba, 0xbf)) &&
  head[4] === 0 && head[5] === 0 && head[6] === 0 && head[7] !== undefined && head[7] < 43

/** `0755` for scripts with `#!` and for the executables of Linux (ELF), macOS (Mach-O) and Windows (PE), else `0644`. */
export const fromHead = (head: Uint8Array): EntryMode =>
  starts(head, 0x23, 0x21) || // #!
    starts(head, 0x7f, 0x45, 0x4c, 0x46) || // ELF
    starts(head, 0xfe, 0xed, 0xfa, 0xce) || starts(head, 0xce, 0xfa, 0xed, 0xfe) || // Mach-O, 32 bit
    starts(head, 0xfe, 0xed, 0xfa, 0xcf) || starts(head, 0xcf, 0xfa, 0xed, 0xfe) || // Mach-O, 64 bit
    isUniversalMachO(head) ||
    starts(head, 0xbe, 0xba, 0xfe, 0xca) || starts(head, 0xbf, 0xba, 0xfe, 0xca) || // universal, other byte order
    starts(head, 0x4d, 0x5a) // MZ
    ? "0755"
    : "0644"

/** The mode as a number. */
export const toNumber = (mode: EntryMode): number => mode === "0755" ? 0o755 : 0o644

/**
 * The functions that this Node really has: on its globals, on the prototypes of the library's values, in its modules.
 */
import * as crypto from "node:crypto"
import { EventEmitter } from "node:events"
import * as fs from "node:fs"
import { createRequire } from "node:module"
import { StringDecoder } from "node:string_decoder"
import { globalValue } from "../../../../core/language/Builtins.ts"
import { isObject } from "./Places.ts"

const require = createRequire(import.meta.url)

const spelled = (key: string | symbol): string => typeof key === "string" ? key : String(key.description)

/** The names of an object's own functions. Getters are not called. */
const functions = (value: object): ReadonlyArray<string> =>
  Reflect.ownKeys(value)
    .filter((key) => typeof Object.getOwnPropertyDescriptor(value, key)?.value === "function")
    // Node's own symbols are nobody else's.
    .filter((key) => typeof key === "string" || key.description?.startsWith("Symbol.") === true)
    .map(spelled)
    .filter((name) => name !== "constructor")

const isNamespace = (value: object): boolean => typeof value === "object" || typeof value === "function"

/** "parseInt", "Object.keys", "process.stdout.write". */
export const globalFunctions = (): ReadonlyArray<string> =>
  Object.getOwnPropertyNames(globalThis).filter((name) => globalValue(name) !== undefined).flatMap((name) => {
    const value: unknown = Reflect.get(globalThis, name)
    if (!isObject(value) || value === globalThis) return []
    return [
      ...(typeof value === "function" ? [name] : []),
      ...(isNamespace(value) ? functions(value).map((member) => `${name}.${member}`) : [])
    ]
  })

const prototypeOf = (value: unknown): object => Object.getPrototypeOf(value) as object

/** The prototypes of the types of the table, by the table's names. */
const prototypes: Readonly<Record<string, ReadonlyArray<object>>> = {
  Object: [Object.prototype],
  Function: [Function.prototype],
  Error: [Error.prototype, AggregateError.prototype],
  Promise: [Promise.prototype],
  Array: [Array.prototype],
  TypedArray: [prototypeOf(Uint8Array.prototype), Uint8Array.prototype],
  ArrayBuffer: [ArrayBuffer.prototype],
  SharedArrayBuffer: [SharedArrayBuffer.prototype],
  DataView: [DataView.prototype],
  Map: [Map.prototype],
  Set: [Set.prototype],
  WeakMap: [WeakMap.prototype],
  WeakSet: [WeakSet.prototype],
  WeakRef: [WeakRef.prototype],
  FinalizationRegistry: [FinalizationRegistry.prototype],
  Iterator: [prototypeOf(prototypeOf([].values()))],
  LibraryIterator: [[].values(), new Map().keys(), new Set().keys(), ""[Symbol.iterator](), "".matchAll(/a/g)]
    .map(prototypeOf),
  Generator: [prototypeOf((function*() {})())].map(prototypeOf),
  AsyncGenerator: [(async function*() {})()].map(prototypeOf).map(prototypeOf),
  String: [String.prototype],
  RegExp: [RegExp.prototype],
  Number: [Number.prototype],
  BigInt: [BigInt.prototype],
  Boolean: [Boolean.prototype],
  Symbol: [Symbol.prototype],
  Date: [Date.prototype],
  Intl: Object.getOwnPropertyNames(Intl).map((name): unknown => Reflect.get(Intl, name))
    .filter((value) => typeof value === "function" && isObject(value.prototype))
    .map((value) => Reflect.get(value as object, "prototype") as object)
    .concat([prototypeOf(new Intl.Segmenter("en").segment("a"))]),
  URL: [URL.prototype],
  URLSearchParams: [URLSearchParams.prototype],
  Headers: [Headers.prototype],
  FormData: [FormData.prototype],
  TextEncoder: [TextEncoder.prototype],
  TextDecoder: [TextDecoder.prototype],
  Blob: [Blob.prototype],
  AbortController: [AbortController.prototype],
  AbortSignal: [AbortSignal.prototype],
  EventTarget: [EventTarget.prototype],
  Event: [Event.prototype, CustomEvent.prototype],
  Buffer: [Buffer.prototype],
  Timeout: [prototypeOf(setTimeout(() => undefined))],
  EventEmitter: [EventEmitter.prototype],
  StringDecoder: [StringDecoder.prototype],
  Hash: [crypto.Hash.prototype, crypto.Hmac.prototype],
  Cipher: [prototypeOf(crypto.createCipheriv("aes-128-gcm", Buffer.alloc(16), Buffer.alloc(12)))],
  Stats: [prototypeOf(fs.statSync("/")), prototypeOf(prototypeOf(fs.statSync("/")))]
}

/** "Array#push". */
export const methodNames = (): ReadonlyArray<string> =>
  Object.entries(prototypes).flatMap(([type, list]) =>
    [...new Set(list.flatMap(functions))].map((name) => `${type}#${name}`)
  )

const modules =
  `assert assert/strict buffer crypto events fs fs/promises os path path/posix path/win32 perf_hooks process querystring
  string_decoder timers timers/promises url util util/types zlib`.split(/\s+/)

/** Namespaces inside modules. */
const inner = ["path.posix", "path.win32", "util.types", "fs.promises", "assert.strict", "timers/promises.scheduler"]

/** "fs:readFileSync", "fs.promises:readFile". */
export const moduleFunctions = (): ReadonlyArray<string> =>
  [...modules, ...inner].flatMap((path) => {
    const [specifier = "", member] = path.split(".")
    const module = require(`node:${specifier}`) as object
    const value: unknown = member === undefined ? module : Reflect.get(module, member)
    return isObject(value) ? functions(value).map((name) => `${path}:${name}`) : []
  })

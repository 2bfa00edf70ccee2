/**
 * Pinned knowledge about the language's own library: which globals and methods change nothing that outlives the call.
 * From ECMA-262 and the WHATWG globals that Node 18 has; what is not listed counts as changing its receiver.
 */

/** Global functions and constructors without effect on anything but a fresh result. */
const pureFunctions: ReadonlySet<string> = new Set([
  "Array",
  "ArrayBuffer",
  "SharedArrayBuffer",
  "DataView",
  "BigInt",
  "Boolean",
  "Date",
  "Map",
  "Set",
  "WeakMap",
  "WeakSet",
  "WeakRef",
  "Number",
  "Object",
  "Promise",
  "Proxy",
  "RegExp",
  "String",
  "Symbol",
  "Error",
  "AggregateError",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "BigInt64Array",
  "BigUint64Array",
  "Float32Array",
  "Float64Array",
  "parseInt",
  "parseFloat",
  "isNaN",
  "isFinite",
  "encodeURI",
  "encodeURIComponent",
  "decodeURI",
  "decodeURIComponent",
  "escape",
  "unescape",
  "structuredClone",
  "atob",
  "btoa",
  "URL",
  "URLSearchParams",
  "TextEncoder",
  "TextDecoder",
  "AbortController",
  "Headers",
  "FinalizationRegistry",
  "Blob",
  "Event",
  "EventTarget",
  "require"
])

/** Namespaces and constructors all of whose static functions are pure, but for {@link mutators}. */
const pureNamespaces: ReadonlySet<string> = new Set([
  ...pureFunctions,
  "Math",
  "JSON",
  "Reflect",
  "Intl",
  "Atomics",
  "performance",
  "crypto"
])

/** Static functions that change their first argument. */
const mutators: ReadonlySet<string> = new Set([
  "Object.assign",
  "Object.defineProperty",
  "Object.defineProperties",
  "Object.setPrototypeOf",
  "Object.freeze",
  "Object.seal",
  "Object.preventExtensions",
  "Reflect.set",
  "Reflect.defineProperty",
  "Reflect.deleteProperty",
  "Reflect.setPrototypeOf",
  "Reflect.preventExtensions",
  "Atomics.add",
  "Atomics.and",
  "Atomics.compareExchange",
  "Atomics.exchange",
  "Atomics.or",
  "Atomics.store",
  "Atomics.sub",
  "Atomics.xor",
  "crypto.getRandomValues"
])

/** Methods of the library's own types that leave their receiver as it was. */
const pureMethods: ReadonlySet<string> = new Set([
  "at",
  "charAt",
  "charCodeAt",
  "codePointAt",
  "concat",
  "endsWith",
  "every",
  "filter",
  "find",
  "findIndex",
  "findLast",
  "findLastIndex",
  "flat",
  "flatMap",
  "forEach",
  "get",
  "getTime",
  "has",
  "includes",
  "indexOf",
  "isWellFormed",
  "join",
  "keys",
  "entries",
  "values",
  "lastIndexOf",
  "localeCompare",
  "map",
  "match",
  "matchAll",
  "normalize",
  "padEnd",
  "padStart",
  "reduce",
  "reduceRight",
  "repeat",
  "replace",
  "replaceAll",
  "search",
  "slice",
  "some",
  "split",
  "startsWith",
  "subarray",
  "substring",
  "substr",
  "toFixed",
  "toISOString",
  "toJSON",
  "toLocaleLowerCase",
  "toLocaleString",
  "toLocaleUpperCase",
  "toLowerCase",
  "toPrecision",
  "toReversed",
  "toSorted",
  "toSpliced",
  "toString",
  "toUpperCase",
  "trim",
  "trimEnd",
  "trimStart",
  "valueOf",
  "with",
  "hasOwnProperty",
  "isPrototypeOf",
  "propertyIsEnumerable",
  "then",
  "catch",
  "finally",
  "union",
  "intersection",
  "difference",
  "isSubsetOf",
  "isSupersetOf",
  "isDisjointFrom",
  "getFullYear",
  "getMonth",
  "getDate",
  "getDay",
  "getHours",
  "getMinutes",
  "getSeconds",
  "getMilliseconds",
  "getTimezoneOffset",
  "resolvedOptions",
  "format",
  "formatToParts"
])

/** Methods by which a plain function is called or bound; the function object stays as it was. */
const functionMethods: ReadonlySet<string> = new Set(["call", "apply", "bind", "toString"])

/** Whether calling or constructing global `name` (or its static `member`) has no effect on its arguments or on globals. */
export const isPureGlobal = (name: string, member: string | undefined): boolean =>
  member === undefined
    ? pureFunctions.has(name)
    : pureNamespaces.has(name) && !mutators.has(`${name}.${member}`) && !isReflectCall(name, member)

/** Whether `name.member(...)` changes its first argument and nothing else. */
export const isMutator = (name: string, member: string | undefined): boolean =>
  member !== undefined && mutators.has(`${name}.${member}`)

/** Whether `name.member(...)` calls or constructs its first argument with what the other arguments hold. */
export const isReflectCall = (name: string, member: string | undefined): boolean =>
  name === "Reflect" && (member === "apply" || member === "construct")

/** Whether a method of this name leaves its receiver unchanged, if the receiver is of the language's own types. */
export const isPureMethod = (name: string): boolean => pureMethods.has(name)

/** Whether the method runs the function that is its receiver. */
export const isFunctionMethod = (name: string): boolean => functionMethods.has(name)

/**
 * Names that every supported runtime (Node 18 and later, Bun, Deno) has without declaration. Pinned: what the host that
 * runs the analysis happens to have is never read. From ECMA-262 (2022) and Node 18's documentation of its globals.
 */
export const hostGlobals: ReadonlySet<string> = new Set([
  "AbortController", "AbortSignal", "AggregateError", "Array", "ArrayBuffer", "Atomics", "BigInt", "BigInt64Array",
  "BigUint64Array", "Blob", "Boolean", "BroadcastChannel", "Buffer", "ByteLengthQueuingStrategy", "CompressionStream",
  "CountQueuingStrategy", "CryptoKey", "CustomEvent", "DOMException", "DataView", "Date", "DecompressionStream", "Error",
  "EvalError", "Event", "EventTarget", "File", "FinalizationRegistry", "Float32Array", "Float64Array", "FormData", "Function",
  "Headers", "Infinity", "Int16Array", "Int32Array", "Int8Array", "Intl", "Iterator", "JSON", "Map", "Math", "MessageChannel",
  "MessageEvent", "MessagePort", "NaN", "Navigator", "Number", "Object", "PerformanceEntry", "PerformanceMark",
  "PerformanceMeasure", "PerformanceObserver", "Promise", "Proxy", "RangeError", "ReadableStream", "ReadableStreamDefaultReader",
  "ReferenceError", "Reflect", "RegExp", "Request", "Response", "Set", "SharedArrayBuffer", "String", "SubtleCrypto", "Symbol",
  "SyntaxError", "TextDecoder", "TextDecoderStream", "TextEncoder", "TextEncoderStream", "TransformStream", "TypeError",
  "URIError", "URL", "URLSearchParams", "Uint16Array", "Uint32Array", "Uint8Array", "Uint8ClampedArray", "WeakMap", "WeakRef",
  "WeakSet", "WebAssembly", "WebSocket", "WritableStream", "arguments", "atob", "btoa", "clearImmediate", "clearInterval",
  "clearTimeout", "console", "crypto", "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "eval",
  "fetch", "global", "globalThis", "isFinite", "isNaN", "navigator", "parseFloat", "parseInt", "performance", "process",
  "queueMicrotask", "require", "setImmediate", "setInterval", "setTimeout", "structuredClone", "undefined", "unescape"
])

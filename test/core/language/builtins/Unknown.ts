/**
 * What is unknown code on purpose: a call of it may do anything with what it is given.
 */

/** Why, and names as they are in the table: "Object.keys", "Array#push", "fs:readFileSync". `*`: whatever follows. */
export const unknown: ReadonlyArray<readonly [reason: string, names: string]> = [
  ["the solver says what the call of a function value does",
    "Function#apply Function#bind Function#call Reflect.apply Reflect.construct"],
  ["runs a text", "Function eval process.execve"],
  ["is no function of its own", "Function.prototype"],
  ["a hook that Node calls", "Error.prepareStackTrace events:init"],
  ["cannot be called, or is a class to extend",
    "AbortSignal Iterator CryptoKey SubtleCrypto SubtleCrypto.supports Navigator MessagePort"],
  [
    "gives functions that its result has to be connected with",
    "Promise.withResolvers Promise.try util:promisify util:callbackify util:deprecate util:debug util:debuglog"
  ],
  [
    "streams, messages and requests run code at times of their own",
    `TransformStream WritableStream ReadableStream ReadableStream.from ReadableStreamDefaultReader ByteLengthQueuingStrategy
    CountQueuingStrategy TextEncoderStream TextDecoderStream CompressionStream DecompressionStream BroadcastChannel
    MessageChannel MessageEvent WebSocket File fetch Request Response Response.* Blob#arrayBuffer Blob#text Blob#bytes
    Blob#stream Blob#textStream URL.createObjectURL URL.revokeObjectURL buffer:resolveObjectURL buffer:File`
  ],
  [
    "observers of Node",
    `PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver perf_hooks:* console._stdoutErrorHandler
    console._stderrErrorHandler console.Console console.profile console.profileEnd console.timeStamp console.context
    console.createTask`
  ],
  ["runs other code", "WebAssembly.*"],
  ["the channel to a process that started this one", "process.send process.disconnect"],
  ["newer than the runtimes that every package has to run on", `Array.fromAsync RegExp.escape Error.isError JSON.rawJSON
    JSON.isRawJSON Atomics.pause Iterator.from Iterator#Symbol.dispose Timeout#Symbol.dispose`],
  ["waits for another thread", "Atomics.waitAsync"],
  [
    "Node's own insides, credentials, and code that is loaded",
    `process._* process.binding process.dlopen process.loadEnvFile process.threadCpuUsage process.ref process.unref
    process.openStdin process.assert process.setUncaughtExceptionCaptureCallback process.setSourceMapsEnabled
    process.getBuiltinModule process.initgroups process.setgroups process.setegid process.seteuid process.setgid
    process.setuid process.emit process.listeners StringDecoder#text Hash#_transform Hash#_flush Cipher#_transform
    Cipher#_flush Stats#_checkModeProperty fs:_toUnixTimestamp util:_errnoException util:_exceptionWithHostPort timers:*`
  ],
  [
    "calls what is rejected or thrown with more than one function",
    "*:rejects *:doesNotThrow *:doesNotReject *:AssertionError *:CallTracker *:Assert"
  ],
  ["text of other encodings", "buffer:SlowBuffer buffer:transcode buffer:isUtf8 buffer:isAscii"],
  [
    "keys and signatures",
    `crypto:argon2* crypto:check* crypto:createDiffieHellman* crypto:createECDH crypto:createMac crypto:create*Key
    crypto:createSign crypto:createVerify crypto:createCipher crypto:createDecipher crypto:diffieHellman crypto:generate*
    crypto:get* crypto:hkdf crypto:parsePKCS12 crypto:pbkdf2 crypto:private* crypto:public* crypto:randomFill
    crypto:randomUUIDv7 crypto:scrypt crypto:sign crypto:set* crypto:verify crypto:encapsulate crypto:decapsulate
    crypto:Certificate crypto:Cipher* crypto:Decipher* crypto:DiffieHellman* crypto:ECDH crypto:Hash crypto:Hmac
    crypto:KeyObject crypto:Sign crypto:Verify crypto:X509Certificate crypto:secureHeapUsed`
  ],
  [
    "emitters by asynchronous iteration, and defaults of the module",
    "events:addAbortListener events:once events:on events:getMaxListeners events:setMaxListeners timers/promises:setInterval"
  ],
  [
    "handles, streams and watchers of files",
    `*:cp *:glob fs:createReadStream fs:createWriteStream fs:globSync fs:openAsBlob fs:read fs:readv fs:unwatchFile fs:watch
    fs:watchFile fs:write fs:writev fs:Dirent fs:Stats fs:Dir *:opendir fs:opendirSync fs:mkdtempDisposableSync
    fs/promises:* fs.promises:*`
  ],
  [
    "seldom used",
    `url:Url url:URLPattern url:fileURLToPathBuffer util:getCallSite util:getCallSites util:getSystemErrorMessage util:log
    util:MIMEType util:MIMEParams util:diff util:setTraceSigInt util:convertProcessSignalToExitCode
    util:markPromiseAsHandled util/types:isFloat16Array util.types:isFloat16Array`
  ],
  ["streams of zlib, and Zstandard",
    `zlib:Deflate* zlib:Inflate* zlib:Gzip zlib:Gunzip zlib:Unzip zlib:Brotli* zlib:Zstd* zlib:zstd*
    zlib:create*`]
]

const patterns = unknown.flatMap(([, names]) => names.split(/\s+/)).map((name) => {
  const [start = "", end] = name.split("*")
  return { name, start, end }
})

/** Whether the name is among them. */
export const isUnknownOnPurpose = (name: string): boolean =>
  // `node:process` is the global
  [name, name.replace(/^process:/, "process.")].some((each) =>
    patterns.some((pattern) =>
      pattern.end === undefined ? each === pattern.name : each.startsWith(pattern.start) && each.endsWith(pattern.end)
    )
  )

/** The names without `*`: none of them is in the table. */
export const unknownNames: ReadonlyArray<string> = patterns.filter(({ end }) => end === undefined).map(({ name }) =>
  name
)

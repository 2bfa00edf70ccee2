/**
 * The modules of Node itself: a pinned list, never the host's.
 *
 * The union of `module.builtinModules` of Node 18, 20, 22, 24 and 26, so that what counts as built in does not depend
 * on where the analysis runs.
 */

/** With and without `node:`. */
const plain: ReadonlySet<string> = new Set([
  "_http_agent",
  "_http_client",
  "_http_common",
  "_http_incoming",
  "_http_outgoing",
  "_http_server",
  "_stream_duplex",
  "_stream_passthrough",
  "_stream_readable",
  "_stream_transform",
  "_stream_wrap",
  "_stream_writable",
  "_tls_common",
  "_tls_wrap",
  "assert",
  "assert/strict",
  "async_hooks",
  "buffer",
  "child_process",
  "cluster",
  "console",
  "constants",
  "crypto",
  "dgram",
  "diagnostics_channel",
  "dns",
  "dns/promises",
  "domain",
  "events",
  "fs",
  "fs/promises",
  "http",
  "http2",
  "https",
  "inspector",
  "inspector/promises",
  "module",
  "net",
  "os",
  "path",
  "path/posix",
  "path/win32",
  "perf_hooks",
  "process",
  "punycode",
  "querystring",
  "readline",
  "readline/promises",
  "repl",
  "stream",
  "stream/consumers",
  "stream/promises",
  "stream/web",
  "string_decoder",
  "sys",
  "timers",
  "timers/promises",
  "tls",
  "trace_events",
  "tty",
  "url",
  "util",
  "util/types",
  "v8",
  "vm",
  "wasi",
  "worker_threads",
  "zlib"
])

/** With `node:` only: without it these are names of npm packages. */
const prefixed: ReadonlySet<string> = new Set(["ffi", "quic", "sea", "sqlite", "test", "test/reporters"])

/** The `node:` name of the built-in module that `specifier` names, if it names one. */
export const fromSpecifier = (specifier: string): string | undefined => {
  if (!specifier.startsWith("node:")) return plain.has(specifier) ? `node:${specifier}` : undefined
  const name = specifier.slice("node:".length)
  return plain.has(name) || prefixed.has(name) ? specifier : undefined
}

/** All names, with `node:`, sorted. */
export const names: ReadonlyArray<string> = [...plain, ...prefixed].map((name) => `node:${name}`).sort()

/**
 * `clustrix serve`.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { appendFileSync, readFileSync, statSync } from "node:fs"
import { createSecureContext } from "node:tls"
import * as ClusterConfig from "../../../core/config/ClusterConfig.ts"
import { ClusterExecutor } from "../../../core/cluster/ClusterExecutor.ts"
import * as Explanation from "../../../core/diagnostics/Explanation.ts"
import { PackageStore } from "../../../core/archive/PackageStore.ts"
import { Transport } from "../../../core/cluster/Transport.ts"
import * as Hasher from "../../Hasher.ts"
import * as PackageFiles from "../../PackageStore.ts"
import * as Origin from "../../serve/Origin.ts"
import * as Server from "../../serve/Server.ts"
import { defaultLimits, isLoopback, type ServeOptions } from "../../serve/ServeOptions.ts"
import * as Tokens from "../../serve/Tokens.ts"
import { type Call, type UsageError, usageError, valueOf } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { onCluster } from "../onCluster.ts"
import { visible } from "../render/Text.ts"
import { runCommand } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

/** The server cannot be started. */
class ServeError extends Schema.TaggedError<ServeError>()("ServeError", Explanation.fields) {
  override get message(): string {
    return Explanation.render(this)
  }
}

const number = (call: Call, name: string, otherwise: number, least: number, most: number) => {
  const text = valueOf(call, name)
  if (text === undefined) return Effect.succeed(otherwise)
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  return value >= least && value <= most
    ? Effect.succeed(value)
    : Effect.fail(
      usageError(`--${name} ${JSON.stringify(text)} is not possible`, `Write a whole number from ${least} to ${most}.`)
    )
}

const size = (call: Call, name: string, otherwise: number): Effect.Effect<number, UsageError> => {
  const text = valueOf(call, name)
  if (text === undefined) return Effect.succeed(otherwise)
  return Schema.is(ClusterConfig.Memory)(text)
    ? Effect.succeed(ClusterConfig.memoryBytes(text))
    : Effect.fail(usageError(`${JSON.stringify(text)} is not a size`, "Write 100M or 1G."))
}

/** Of the environment and of the file. */
const tokensOf = (call: Call, terminal: Terminal): Effect.Effect<Tokens.Tokens, UsageError> =>
  Effect.suspend(() => {
    const file = valueOf(call, "token-file")
    const own = process.env["CLUSTRIX_SERVE_TOKEN"]?.trim()
    let texts: ReadonlyArray<Redacted.Redacted> = own === undefined || own === "" ? [] : [Redacted.make(own)]
    if (file !== undefined) {
      try {
        texts = [...texts, ...Tokens.parse(readFileSync(file, "utf8"))]
        if ((statSync(file).mode & 0o077) !== 0) {
          terminal.note([
            `${terminal.errorStyle.yellow("!")} Others on this machine can read ${file}: chmod 600 ${file}`
          ])
        }
      } catch (cause) {
        return Effect.fail(
          usageError(`The tokens in ${file} cannot be read`, "Name a file with a token on each line.", String(cause))
        )
      }
      if (texts.length === 0) return Effect.fail(usageError(`There is no token in ${file}`, "Write one on each line."))
    }
    const short = texts.find((text) => Redacted.value(text).length < 16)
    return short === undefined
      ? Effect.succeed(Tokens.make(texts))
      : Effect.fail(
        usageError("A token is shorter than 16 characters", "Make one that nobody guesses: openssl rand -hex 32.")
      )
  })

const originsOf = (call: Call): Effect.Effect<ReadonlyArray<string>, UsageError> =>
  Effect.forEach(call.values.get("allow-origin") ?? [], (text) => {
    const origin = Origin.parse(text)
    return origin === undefined
      ? Effect.fail(
        usageError(`${JSON.stringify(text)} is no origin of pages`, "Write https://example.org, without a path.")
      )
      : Effect.succeed(origin)
  })

/** Both files or none; a key that others can read is told. */
const tlsOf = (call: Call, terminal: Terminal): Effect.Effect<ServeOptions["tls"], UsageError> =>
  Effect.suspend(() => {
    const [certFile, keyFile] = [valueOf(call, "tls-cert"), valueOf(call, "tls-key")]
    if (certFile === undefined && keyFile === undefined) return Effect.succeed(undefined)
    if (certFile === undefined || keyFile === undefined) {
      return Effect.fail(usageError("A certificate needs its key", "Name both: --tls-cert FILE --tls-key FILE."))
    }
    return Effect.try({
      try: () => {
        const tls = { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") }
        createSecureContext(tls)
        if ((statSync(keyFile).mode & 0o077) !== 0) {
          terminal.note([
            `${terminal.errorStyle.yellow("!")} Others on this machine can read ${keyFile}: chmod 600 ${keyFile}`
          ])
        }
        return tls
      },
      catch: (cause) =>
        usageError(
          `The certificate in ${certFile} and the key in ${keyFile} cannot be used`,
          "Name PEM files that belong together.",
          cause instanceof Error ? cause.message : String(cause)
        )
    })
  })

const auditOf = (call: Call, terminal: Terminal): Effect.Effect<ServeOptions["audit"], ServeError> => {
  const file = valueOf(call, "audit-log")
  if (file === undefined) return Effect.succeed((line) => terminal.note([line]))
  const append = (text: string): void => appendFileSync(file, text, { mode: 0o600 })
  return Effect.as(
    Effect.try({
      try: () => append(""),
      catch: (cause) =>
        new ServeError({
          what: `The audit log ${file} cannot be written`,
          why: String(cause),
          remedy: "Name a file that this user may write.",
          cause
        })
    }),
    (line) => append(`${line}\n`)
  )
}

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const host = valueOf(call, "host") ?? "127.0.0.1"
    const tokens = yield* tokensOf(call, terminal)
    if (!tokens.required && !isLoopback(host)) {
      return yield* Effect.fail(usageError(
        `Everybody who reaches ${host} could run programs here`,
        "Set CLUSTRIX_SERVE_TOKEN to a secret (openssl rand -hex 32), or name a file of tokens with --token-file."
      ))
    }
    const port = yield* number(call, "port", 4747, 0, 65_535)
    const limits = {
      ...defaultLimits,
      packageBytes: yield* size(call, "max-package", defaultLimits.packageBytes),
      resultBytes: yield* size(call, "max-result", defaultLimits.resultBytes),
      jobs: yield* number(call, "max-jobs", defaultLimits.jobs, 1, 1_000_000),
      requestsPerMinute: yield* number(call, "rate", defaultLimits.requestsPerMinute, 1, 1_000_000_000)
    }
    const origins = yield* originsOf(call)
    const audit = yield* auditOf(call, terminal)
    const tls = yield* tlsOf(call, terminal)
    const privateJobs = call.switches.has("private-jobs")
    if (privateJobs && !tokens.required) {
      return yield* Effect.fail(usageError(
        "Jobs cannot be private where nobody has a token",
        "Set CLUSTRIX_SERVE_TOKEN, or name a file of tokens with --token-file."
      ))
    }
    return yield* onCluster(call, terminal, (config) =>
      Effect.scoped(Effect.gen(function*() {
        const store = yield* PackageStore
        const { location } = yield* Transport
        const { stateDirectory } = yield* ClusterExecutor
        const serving = yield* Effect.mapError(
          Server.serve({ host, port, tokens, origins, limits, privateJobs, tls, audit }),
          ({ cause }) =>
            new ServeError({
              what: `Nothing can listen on ${host}:${port}`,
              why: cause instanceof Error ? cause.message : String(cause),
              remedy: "Choose another port with --port, or end what listens there.",
              cause
            })
        )
        const { style } = terminal
        const url = `${tls === undefined ? "http" : "https"}://${
          host.includes(":") ? `[${host}]` : host
        }:${serving.port}`
        terminal.print([
          `${style.green("✓")} Serving ${style.bold(url)}  ${style.dim(`the API: ${url}/docs`)}`,
          `  jobs run on ${visible(location)} (${config.clusterType}), in ${visible(stateDirectory)}`,
          `  packages lie in ${visible(store.location)}`,
          tokens.required
            ? `  clients need a token${privateJobs ? ", and see their own jobs only" : ""}`
            : `  ${style.yellow("no token")}: every program on this machine can run jobs as you`,
          ...(origins.length === 0 ? [] : [`  pages of ${origins.join(", ")} may ask`])
        ])
        return yield* Effect.never
      })))
  })

export const main = (call: Call, terminal: Terminal): Promise<number> =>
  runCommand(
    call,
    terminal,
    Effect.as(program(call, terminal), ExitCode.done),
    PackageFiles.layerConfig.pipe(
      Layer.provideMerge(Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, Hasher.layer))
    )
  )

/**
 * `clustrix ssh-setup`.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Os from "node:os"
import * as Yaml from "yaml"
import type { ClusterConfig } from "../../../core/config/ClusterConfig.ts"
import * as Configuration from "../../Configuration.ts"
import * as KeyPair from "../../ssh/KeyPair.ts"
import * as KeySetup from "../../ssh/KeySetup.ts"
import * as SshTarget from "../../ssh/SshTarget.ts"
import * as SshCluster from "../../SshCluster.ts"
import { type Call, type UsageError, usageError, valueOf } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { promptOn } from "../onCluster.ts"
import { visible } from "../render/Text.ts"
import { runCommand, withProgress } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

/** `[user@]host[:port]`. */
const named = (
  text: string
): Effect.Effect<Pick<ClusterConfig, "clusterHost" | "clusterPort" | "username">, UsageError> =>
  Effect.try({
    try: () => {
      const { host, port, username } = SshTarget.parseAddress(text)
      return { clusterHost: host, clusterPort: port, username }
    },
    catch: () => usageError(`${JSON.stringify(text)} is no host`, "Write HOST, USER@HOST or USER@HOST:PORT.")
  })

/** For a host that is named, only what is configured about any connection. */
const clusterOf = (call: Call) =>
  Effect.gen(function*() {
    const [host] = call.positionals
    if (host !== undefined && valueOf(call, "cluster") !== undefined) {
      return yield* Effect.fail(usageError("A host and `--cluster` are given", "Name one of them."))
    }
    const { config } = yield* Configuration.load({ profile: valueOf(call, "cluster") })
    if (host === undefined) return config
    const { clusterHost, clusterPort, username } = yield* named(host)
    const { connectTimeout, keyPassphrase, knownHostsFile, password, sshConfigFile } = config
    return {
      clusterType: "ssh",
      connectTimeout,
      knownHostsFile,
      sshConfigFile,
      ...(keyPassphrase === undefined ? {} : { keyPassphrase }),
      ...(password === undefined ? {} : { password }),
      clusterHost,
      clusterPort,
      username: username ?? config.username
    } satisfies ClusterConfig
  })

const tilde = (file: string): string =>
  file.startsWith(`${Os.homedir()}/`) ? `~${file.slice(Os.homedir().length)}` : file

/** What to write into clustrix.yml. */
const configurationLines = (call: Call, config: ClusterConfig, keyFile: string): ReadonlyArray<string> => {
  const given = valueOf(call, "cluster")
  const { clusterHost = "", clusterPort, username } = config
  const settings = given === undefined
    ? {
      cluster_type: "ssh",
      cluster_host: clusterHost,
      ...(clusterPort === undefined ? {} : { cluster_port: clusterPort }),
      ...(username === undefined ? {} : { username }),
      key_file: keyFile
    }
    : { key_file: keyFile }
  return Yaml.stringify({ profiles: { [given ?? clusterHost]: settings } }).trimEnd().split("\n")
}

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const config = yield* clusterOf(call)
    const options = yield* SshCluster.sshOptions(
      config.clusterType === "local" ? { ...config, clusterType: "ssh" } : config,
      { prompt: promptOn(terminal) }
    )
    const prompt = promptOn(terminal)
    const password = (location: string) =>
      config.password !== undefined
        ? Effect.succeed(config.password)
        : prompt === undefined
        ? Effect.fail(
          new KeyPair.KeySetupError({
            reason: "Refused",
            what: `The password of ${location} is needed once`,
            why: "Standard input is no terminal on which it could be asked for.",
            remedy: "Run it on a terminal, or give the password in CLUSTRIX_PASSWORD."
          })
        )
        : Effect.map(Effect.promise(() => prompt(`Password of ${location}: `, true)), Redacted.make)
    const { hostKey, key, learntIn, outcome, target } = yield* withProgress(
      terminal,
      `Connecting to ${options.host}`,
      KeySetup.setUp({
        options,
        keyFile: KeyPair.defaultFile(),
        acceptNewHostKey: call.switches.has("accept-new-host-key"),
        password
      })
    )
    const style = terminal.errorStyle
    const done = (text: string): string => `${style.green("✓")} ${visible(text)}`
    const location = SshTarget.describe(target)
    terminal.note([
      done(`${key.wasMade ? "Made the key" : "Used the key that is there:"} ${tilde(key.file)}`),
      ...(learntIn === undefined ? [] : [done(`Wrote the host's key ${hostKey} to ${tilde(learntIn)}`)]),
      ...(outcome === "worked" ? [] : [done(
        outcome === "added"
          ? `Added it to ~/.ssh/authorized_keys on ${location}`
          : `It was in ~/.ssh/authorized_keys on ${location} already`
      )]),
      done(`Logged in on ${location} with it`),
      "",
      `For ${style.bold("clustrix.yml")}; then \`clustrix doctor --cluster NAME\` looks at the rest:`,
      ""
    ])
    terminal.print(configurationLines(call, config, tilde(key.file)))
    return ExitCode.done
  })

export const main = (call: Call, terminal: Terminal): Promise<number> =>
  runCommand(call, terminal, program(call, terminal), Layer.empty)

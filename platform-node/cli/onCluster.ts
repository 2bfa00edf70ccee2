/**
 * Commands that talk to a cluster.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createInterface } from "node:readline/promises"
import { Writable } from "node:stream"
import type { ClusterConfig } from "../../core/config/ClusterConfig.ts"
import * as ClusterServices from "../ClusterServices.ts"
import * as Hasher from "../Hasher.ts"
import type { Call } from "./CommandLine.ts"
import * as PackagingArguments from "./PackagingArguments.ts"
import { runCommand } from "./runCommand.ts"
import type { Terminal } from "./Terminal.ts"

/** Asks on the terminal; what is secret is not shown. */
export const ask = async (terminal: Terminal, question: string, isSecret: boolean): Promise<string> => {
  const silent = new Writable({ write: (_bytes, _encoding, done) => done() })
  const lines = createInterface({
    input: process.stdin,
    output: isSecret ? silent : process.stderr,
    terminal: true
  })
  const release = terminal.hold()
  try {
    if (isSecret) process.stderr.write(question)
    const answer = await lines.question(isSecret ? "" : question)
    if (isSecret) terminal.note([""])
    return answer
  } finally {
    release()
    lines.close()
  }
}

/** What asks a person, if one is there. */
export const promptOn = (terminal: Terminal): ClusterServices.Options["prompt"] =>
  process.stdin.isTTY === true ? (question, isSecret) => ask(terminal, question, isSecret) : undefined

/** Runs `use` with the services of the cluster that the command line and the configuration name. */
export const onCluster = <A, E, R>(
  call: Call,
  terminal: Terminal,
  use: (config: ClusterConfig) => Effect.Effect<A, E, R>
) =>
  Effect.flatMap(PackagingArguments.clusterOf(call), (config) =>
    Effect.provide(
      use(config),
      ClusterServices.layer(config, { prompt: promptOn(terminal) })
    ))

/** What a cluster needs of this machine; the packager is not in it. */
const host = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, Hasher.layer)

type HostServices = Layer.Layer.Success<typeof host>
type ClusterServices = Layer.Layer.Success<ReturnType<typeof ClusterServices.layer>>

/** The whole of a command that talks to a cluster and packages nothing. */
export const clusterCommand = <E>(
  program: (
    call: Call,
    terminal: Terminal,
    config: ClusterConfig
  ) => Effect.Effect<number, E, ClusterServices | HostServices>
) =>
(call: Call, terminal: Terminal): Promise<number> =>
  runCommand(call, terminal, onCluster(call, terminal, (config) => program(call, terminal, config)), host)

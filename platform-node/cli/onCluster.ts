/**
 * Commands that talk to a cluster.
 */
import * as Effect from "effect/Effect"
import { createInterface } from "node:readline/promises"
import { Writable } from "node:stream"
import type { ClusterConfig } from "../../core/ClusterConfig.ts"
import * as Cluster from "../Cluster.ts"
import type { Call } from "./CommandLine.ts"
import * as PackagingArguments from "./PackagingArguments.ts"
import type { Terminal } from "./Terminal.ts"

/** Asks on the terminal; what is secret is not shown. */
const ask = async (terminal: Terminal, question: string, isSecret: boolean): Promise<string> => {
  const silent = new Writable({ write: (_bytes, _encoding, done) => done() })
  const lines = createInterface({
    input: process.stdin,
    output: isSecret ? silent : process.stderr,
    terminal: true
  })
  try {
    if (isSecret) process.stderr.write(question)
    const answer = await lines.question(isSecret ? "" : question)
    if (isSecret) terminal.note([""])
    return answer
  } finally {
    lines.close()
  }
}

/** Runs `use` with the services of the cluster that the command line and the configuration name. */
export const onCluster = <A, E, R>(
  call: Call,
  terminal: Terminal,
  use: (config: ClusterConfig) => Effect.Effect<A, E, R>
) =>
  Effect.flatMap(PackagingArguments.clusterOf(call), (config) =>
    Effect.provide(
      use(config),
      Cluster.layer(
        config,
        process.stdin.isTTY === true
          ? { prompt: (question, isSecret) => ask(terminal, question, isSecret) }
          : {}
      )
    ))

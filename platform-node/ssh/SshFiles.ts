/**
 * The files of a host, for programs that only ask now and then: over one connection that keeps no process alive and ends when
 * nobody has asked for a while. Whoever waits for an answer must keep the process alive.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { ClusterConfig, ClusterConfigError } from "../../core/config/ClusterConfig.ts"
import * as ClusterFiles from "../../core/cluster/filesystem/ClusterFiles.ts"
import type { TransportError } from "../../core/cluster/Transport.ts"
import { sshOptions, workDirectory } from "../SshCluster.ts"
import * as Sftp from "./Sftp.ts"
import * as SshSession from "./SshSession.ts"
import * as SshTarget from "./SshTarget.ts"
import * as SshTransport from "./SshTransport.ts"

/** Between two signs of life while somebody waits, and how long one may take. */
const pingMillis = 10_000
const patienceMillis = 30_000
const idleMillis = 60_000

export interface SshFiles {
  /** Runs `use` with the host's files. */
  readonly ask: <A>(use: (files: ClusterFiles.ClusterFiles) => Promise<A>) => Promise<A>
}

const connect = (config: ClusterConfig): Effect.Effect<
  { readonly session: SshSession.SshSession; readonly files: ClusterFiles.ClusterFiles },
  ClusterConfigError | TransportError,
  Scope.Scope
> =>
  Effect.gen(function*() {
    const target = yield* Effect.flatMap(sshOptions(config), SshTarget.resolve)
    const session = yield* SshSession.make(SshTarget.inBackground(target))
    // What is wrong with the connection is said as such
    yield* session.files(() => Effect.void)
    const transport = SshTransport.make(session)
    return { session, files: ClusterFiles.make(transport.files, yield* workDirectory(transport, config)) }
  })

/** Ends a connection that does not answer any more, so that a new one is made. */
const ping = (session: SshSession.SshSession): Effect.Effect<void> =>
  Effect.flatMap(
    session.connection,
    ({ client }) =>
      session.files((sftp) => Effect.promise(() => Sftp.realPath(sftp, ".").catch(() => undefined))).pipe(
        Effect.timeoutOption(patienceMillis),
        Effect.tap((answer) => answer._tag === "None" ? Effect.sync(() => client.destroy()) : Effect.void)
      )
  ).pipe(Effect.ignore)

/** Nothing is connected before the first question. `ended` is called when it has ended for want of questions. */
export const make = (config: ClusterConfig, ended: () => void): SshFiles => {
  const scope = Effect.runSync(Scope.make())
  const connected = Effect.runPromiseExit(Scope.extend(connect(config), scope))
  let asking = 0
  let pings: NodeJS.Timeout | undefined
  let idle: NodeJS.Timeout | undefined
  const end = (): void => {
    ended()
    Effect.runFork(Scope.close(scope, Exit.void))
  }
  return {
    ask: async (use) => {
      clearTimeout(idle)
      asking += 1
      try {
        const exit = await connected
        if (Exit.isFailure(exit)) {
          end()
          throw Cause.squash(exit.cause)
        }
        pings ??= setInterval(() => Effect.runFork(ping(exit.value.session)), pingMillis).unref()
        return await use(exit.value.files)
      } finally {
        asking -= 1
        if (asking === 0) {
          clearInterval(pings)
          pings = undefined
          idle = setTimeout(end, idleMillis).unref()
        }
      }
    }
  }
}

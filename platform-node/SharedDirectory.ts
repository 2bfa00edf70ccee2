/**
 * Whether this machine already is on the cluster: its scheduler answers here, and `remote_work_dir` here is the directory that the
 * cluster's host has under that name. Names of hosts prove nothing: a file that is written over there must be read here. That was
 * seen once for all: the file `reached-as` keeps under which addresses the directory was reached, and the number of its inode, which
 * every host that shares it sees, and no copy has.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { randomUUID } from "node:crypto"
import * as fs from "node:fs/promises"
import * as os from "node:os"
import * as path from "node:path"
import * as BoundedJson from "../core/archive/BoundedJson.ts"
import * as ForeignJson from "../core/archive/ForeignJson.ts"
import type { ClusterConfig } from "../core/config/ClusterConfig.ts"
import { Scheduler } from "../core/cluster/Scheduler.ts"
import { Transport, type TransportError } from "../core/cluster/Transport.ts"
import * as HostScheduler from "./HostScheduler.ts"
import * as LocalTransport from "./LocalTransport.ts"

const ReachedAs = Schema.Struct({ inode: Schema.String, addresses: Schema.Array(Schema.String) })
const decodeReachedAs = ForeignJson.decoder(ReachedAs, BoundedJson.small)
const fileName = "reached-as"

const addressOf = ({ clusterHost, clusterPort, username }: ClusterConfig): string =>
  JSON.stringify([username ?? "", clusterHost ?? "", clusterPort ?? 0])

/** Where `remote_work_dir` would be on this machine. */
const directoryHere = ({ remoteWorkDir = "~" }: ClusterConfig): string =>
  path.resolve(os.homedir(), remoteWorkDir === "~" ? "." : remoteWorkDir.replace(/^~\//, ""))

/** `undefined`: there is none here, or not for this user. */
const inodeOf = (directory: string): Effect.Effect<string | undefined> =>
  Effect.promise(() => fs.stat(directory, { bigint: true }).then(({ ino }) => String(ino), () => undefined))

const reachedAs = (state: string): Effect.Effect<typeof ReachedAs.Type | undefined> =>
  Effect.map(
    Effect.option(Effect.flatMap(
      LocalTransport.make.readFile(path.join(state, fileName)),
      (bytes) => decodeReachedAs(new TextDecoder().decode(bytes))
    )),
    Option.getOrUndefined
  )

/** Whether the scheduler of the cluster's type answers on this machine, with the name of no job of ours. */
const schedulerAnswers = (config: ClusterConfig): Effect.Effect<boolean> =>
  Effect.flatMap(Scheduler, (scheduler) => scheduler.poll([{ directory: "/", schedulerId: "1" }])).pipe(
    Effect.provide(Layer.provide(HostScheduler.layer(config), LocalTransport.layer)),
    Effect.either,
    Effect.map(Either.isRight)
  )

/** Writes a file there and looks for it here. */
const sees = (there: typeof Transport.Service, config: ClusterConfig, state: string) =>
  Effect.gen(function*() {
    const { remoteWorkDir = "~" } = config
    const root = remoteWorkDir.startsWith("/") ? remoteWorkDir : yield* there.realPath(
      remoteWorkDir.replace(/^~\/?/, "") || "."
    )
    const name = `probe-${randomUUID()}`
    const probe = `${root.replace(/(?<=.)\/+$/, "")}/.clustrix/${name}`
    yield* there.makeDirectory(path.posix.dirname(probe))
    yield* there.writeFile(probe, name)
    const read = yield* Effect.option(LocalTransport.make.readFile(path.join(state, name)))
    yield* there.remove(probe)
    return Option.isSome(read) && new TextDecoder().decode(read.value) === name
  })

/** This machine's own files and commands where it is on the cluster, else the way over SSH. */
export const layer = <E>(
  config: ClusterConfig,
  overSsh: Layer.Layer<Transport, E>
): Layer.Layer<Transport, E | TransportError> =>
  Layer.scoped(
    Transport,
    Effect.gen(function*() {
      const away = Effect.map(Layer.build(overSsh), Context.get(Transport))
      const directory = directoryHere(config)
      if ((yield* inodeOf(directory)) === undefined || !(yield* schedulerAnswers(config))) return yield* away
      const state = path.join(directory, ".clustrix")
      const known = yield* reachedAs(state)
      const address = addressOf(config)
      const inode = yield* inodeOf(state)
      const current = known !== undefined && known.inode === inode ? known.addresses : []
      if (current.includes(address)) return LocalTransport.make
      const there = yield* away
      if (!(yield* sees(there, config, state))) return there
      yield* LocalTransport.make.writeFile(
        path.join(state, fileName),
        JSON.stringify({ inode: (yield* inodeOf(state)) ?? "", addresses: [...current, address] })
      )
      return LocalTransport.make
    })
  )

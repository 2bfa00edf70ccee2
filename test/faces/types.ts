/**
 * What the types of the faces promise. Compiled with the project, and by the pack check against the packed declarations, under both
 * module resolutions and with and without the DOM's types. Nothing of it runs.
 */
import { ClusterConfig, Pipeline, RemoteFunction } from "clustrix"
import { Cluster, cluster, type ClusterJob, type MapResults, type Outcome, run } from "clustrix/node"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"

/** Whether two types are the same, `any` and `unknown` told from all others. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
/** Compiles if `value` has exactly the type `A`. */
declare const is: <A>() => <B>(value: B, ...same: Equal<A, B> extends true ? [] : ["the type differs"]) => void
/** Compiles if `A` has a member of this tag. */
declare const hasTag: <A extends { readonly _tag: string }, Tag extends A["_tag"]>(tag?: Tag) => void

declare const add: (a: number, b: number) => number
declare const greet: (name: string, options?: { readonly loud: boolean }) => Promise<string>
declare const seeds: () => ReadonlyArray<number>
declare const parse: (text: string) => { readonly words: ReadonlyArray<string> }
const local = { clusterType: "local" } as const

// run: the result is that of the promise, and arguments are checked
is<Promise<number>>()(run(add, { args: [1, 2] }))
is<Promise<string>>()(run(greet, { args: ["Ada"] }))
is<Promise<string>>()(run(greet, { args: ["Ada", { loud: true }], cluster: local }))
is<Promise<string>>()(run(greet, { args: ["Ada"], kwargs: { loud: true }, cluster: "hpc" }))
is<Promise<ReadonlyArray<number>>>()(run(seeds))
is<Promise<ReadonlyArray<number>>>()(run(seeds, { cluster: local, job: { cores: 2 } }))
is<Promise<unknown>>()(run("src/add.ts#add", { args: [1, 2] }))
is<Promise<number>>()(run<typeof add>("src/add.ts#add", { args: [1, 2] }))
// The original's form
is<Promise<number>>()(run(add, local, [1, 2]))
is<Promise<unknown>>()(run("src/add.ts#add", local, [1, 2], {}))
// @ts-expect-error It must not compile
void run(add, { args: [1] })
// @ts-expect-error It must not compile
void run(add, { args: [1, "2"] })
// @ts-expect-error It must not compile
void run(add)
// @ts-expect-error It must not compile
void run(greet, { args: ["Ada"], kwargs: { laud: true } })
// @ts-expect-error It must not compile
void run<typeof add>("src/add.ts#add", { args: ["1", 2] })
// @ts-expect-error It must not compile
void run(add, local, ["not a number", 2, 3])

// cluster(): as the function, and map only for functions of one argument
const remoteParse = cluster({ cores: 2 })(parse)
is<Promise<{ readonly words: ReadonlyArray<string> }>>()(remoteParse("a b"))
is<MapResults<{ readonly words: ReadonlyArray<string> }>>()(remoteParse.map(["a"]))
for await (const outcome of remoteParse.map(["a"])) is<Outcome<{ readonly words: ReadonlyArray<string> }>>()(outcome)
is<Promise<string>>()(cluster()(greet)("Ada"))
void cluster()(greet).map(["Ada"])
is<Promise<ClusterJob<number>>>()(cluster({ asyncSubmit: true })(add)(1, 2))
is<Promise<ClusterJob<number>>>()(cluster()(add).submit(1, 2))
// @ts-expect-error It must not compile
void cluster()(add).map([1, 2])
// @ts-expect-error It must not compile
void cluster()(add).stream([1, 2])
// @ts-expect-error It must not compile
void cluster()(parse).map([1])
// @ts-expect-error It must not compile
void cluster()(add)("1", 2)

// RemoteFunction: named errors, never unknown
declare const remoteGreet: Effect.Effect.Success<ReturnType<typeof RemoteFunction.make<typeof greet>>>
is<Effect.Effect<string, RemoteFunction.CallError>>()(remoteGreet.call("Ada", { loud: true }))
is<Effect.Effect<RemoteFunction.RemoteJob<string>, RemoteFunction.SubmitError>>()(remoteGreet.submit("Ada"))
is<Effect.Effect<RemoteFunction.RemoteJob<string>, RemoteFunction.AttachError>>()(remoteGreet.attach("id"))
is<Stream.Stream<RemoteFunction.Outcome<string>, RemoteFunction.MapError>>()(remoteGreet.map(["Ada"]))
is<Stream.Stream<RemoteFunction.CallEvent<string>, RemoteFunction.CallError>>()(remoteGreet.stream("Ada"))
is<
  Effect.Effect<
    RemoteFunction.RemoteFunction<typeof add>,
    RemoteFunction.MakeError,
    RemoteFunction.Requirements | Scope.Scope
  >
>()(RemoteFunction.make(add))
hasTag<RemoteFunction.CallError, "JobFailedError">()
hasTag<RemoteFunction.CallError, "TransportError">()
hasTag<RemoteFunction.CallError, "ValueNotCarriedError">()
hasTag<Pipeline.RunError, "FunctionNotPackageableError">()
hasTag<RemoteFunction.MapError, "InputsError">()
// @ts-expect-error It must not compile
hasTag<RemoteFunction.CallError, "NoSuchError">()
// @ts-expect-error It must not compile
void remoteGreet.call(1)
declare const remoteAdd: RemoteFunction.RemoteFunction<typeof add>
// @ts-expect-error It must not compile
void remoteAdd.map([1, 2])

// The cluster is the layer's: no call takes one, and every service of it may be replaced
is<Effect.Effect<Pipeline.Ran, Pipeline.RunError, Pipeline.Requirements>>()(Pipeline.run({ fn: add, args: [1, 2] }))
// @ts-expect-error It must not compile
void Pipeline.run({ fn: add, config: ClusterConfig.local })
is<Layer.Layer<Cluster.Services, Cluster.ClusterError>>()(Cluster.layer(ClusterConfig.local))
is<Layer.Layer<Cluster.Services, Cluster.ClusterError>>()(Cluster.layerTest())
// @ts-expect-error It must not compile
void Cluster.layer({ clusterType: "local", clusterHots: "far" })

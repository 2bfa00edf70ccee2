/**
 * Whether a host has a runtime, and npm packages can be installed there.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as BoundedJson from "../../archive/BoundedJson.ts"
import * as ForeignJson from "../../archive/ForeignJson.ts"
import * as DeployProtocol from "../deploy/DeployProtocol.ts"
import { RuntimeMissingError } from "../deploy/DeployError.ts"
import * as HostScript from "../deploy/HostScript.ts"
import { HostSupplies } from "../deploy/HostSupplies.ts"
import * as Quotation from "../../diagnostics/Quotation.ts"
import type { Transport } from "../Transport.ts"
import { type Check, CheckFailedError, type Explained } from "./Check.ts"

/** A runtime of the host. Empty words: there is none. */
const decodeFound = ForeignJson.decoder(
  Schema.Struct({
    ...DeployProtocol.NoRuntime.fields,
    path: Schema.String,
    version: Schema.String
  }),
  BoundedJson.small
)

const mark = "clustrix-runtime "
const registryMark = "clustrix-registry "

export interface RuntimeInput {
  readonly transport: typeof Transport.Service
  /** The runtime that is configured, if any. */
  readonly runtime: string | undefined
  readonly moduleLoads: ReadonlyArray<string>
  /** Absolute, on the cluster. */
  readonly stateDirectory: Effect.Effect<string, Explained>
}

const script = (input: RuntimeInput, stateDirectory: string, lines: ReadonlyArray<string>): string =>
  [...HostScript.findRuntime({ ...input, stateDirectory }), ...lines].join("\n")

const modulesFailed = (input: RuntimeInput, stderr: string) =>
  new CheckFailedError({
    what: `The modules ${input.moduleLoads.join(", ")} cannot be loaded on ${input.transport.location}`,
    why: Quotation.lastLines(stderr, 4),
    remedy: "Correct module_loads; `module avail` there lists what can be loaded."
  })

export const runtime = (input: RuntimeInput): Effect.Effect<Check, never, HostSupplies> =>
  Effect.map(HostSupplies, (supplies): Check => ({
    name: "runtime",
    title: "Node.js",
    run: Effect.scoped(Effect.gen(function*() {
      const { moduleLoads, transport } = input
      const ran = yield* transport.exec(
        script(input, yield* input.stateDirectory, [
          "if [ -z \"$node\" ]; then version=; fi",
          "path=$(printf %s \"$node\" | tr -d '\\\\\"[:cntrl:]')",
          `printf '${mark}{"platform":"%s","tried":[%s],"path":"%s","version":"%s"}\\n' "$platform" "$tried" "$path" "$version"`
        ]),
        { idempotent: true }
      )
      if (ran.exitCode === 4 && moduleLoads.length > 0) return yield* modulesFailed(input, ran.stderr)
      const found = yield* Effect.mapError(
        decodeFound(DeployProtocol.lineAfter(ran.stdout, mark) ?? ""),
        () =>
          new CheckFailedError({
            what: `${transport.location} does not say whether it has Node.js`,
            why: Quotation.lastLines(ran.stderr) || Quotation.lastLines(ran.stdout) ||
              `The command ended with exit code ${ran.exitCode}.`,
            remedy: "Name the runtime there in remote_node_path."
          })
      )
      if (found.path !== "") return { detail: `${found.version} (${found.platform}), ${found.path}` }
      const missing = (why: string) =>
        new RuntimeMissingError({
          tried: found.tried,
          what: `${transport.location} (${found.platform}) has no Node.js that jobs could use`,
          why: [...(found.tried.length === 0 ? [] : [`${found.tried.join("; ")}.`]), why].join(" "),
          remedy:
            "Name one in remote_node_path, load it with module_loads, or name a Node distribution for that platform in "
            + "runtime_archive."
        })
      if (input.runtime !== undefined) return yield* missing("It is the one that the configuration names.")
      const supply = yield* supplies.runtime(found.platform)
      return "missing" in supply
        ? yield* missing(supply.missing)
        : { detail: `none there: ${supply.version} is sent with the first job` }
    }))
  }))

/** Codes of npm with digits are answers of a registry, if not those that it hoped for. */
const isAnswer = (output: string): boolean => /\bcode E\d{3}\b/.test(output)

export const registry = (input: RuntimeInput): Check => ({
  name: "registry",
  title: "npm",
  run: Effect.gen(function*() {
    const { transport } = input
    const ran = yield* transport.exec(
      script(input, yield* input.stateDirectory, [
        `if [ -z "$node" ]; then echo '${registryMark}no-node'; exit 0; fi`,
        // What npm starts must find this runtime
        "PATH=\"${node%/*}:$PATH\"; export PATH",
        `npm -v >/dev/null 2>&1 </dev/null || { echo '${registryMark}no-npm'; exit 0; }`,
        `echo "${registryMark}$(npm -v 2>/dev/null </dev/null) $(npm config get registry 2>/dev/null </dev/null)"`,
        "npm ping --no-progress --no-update-notifier --fetch-retries=0 --fetch-timeout=10000 </dev/null 2>&1"
      ]),
      { idempotent: true }
    )
    const said = DeployProtocol.lineAfter(ran.stdout, registryMark) ?? ""
    if (said === "no-node") return { detail: "comes with the runtime that is sent" }
    const warning = (why: string) => ({
      why,
      remedy:
        "Packages are then installed on this machine and sent there; without a registry here, package with dependencies: \"vendor\"."
    })
    if (said === "no-npm" || said === "") return { detail: "not there", warning: warning("Node.js there has no npm.") }
    const [version = "", address = ""] = said.split(" ")
    const unreached = ran.exitCode !== 0 && !isAnswer(ran.stdout)
    const [code] = /\bE[A-Z_]{4,}\b/.exec(ran.stdout) ?? []
    return unreached
      ? {
        detail: `${version}, without a registry`,
        warning: warning(`${address} does not answer there${code === undefined ? "" : ` (${code})`}.`)
      }
      : { detail: `${version}, ${address} answers` }
  })
})

/**
 * Deploys to a host of which nothing is known but the way to it: runtime, package, npm packages, in this order. One command
 * when everything is there. Any number of clients may do so at once, and any of them may be cut off at any moment.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as OpenPackage from "../../archive/OpenPackage.ts"
import type * as RandomAccess from "../../archive/RandomAccess.ts"
import * as Hasher from "../../archive/Hasher.ts"
import * as Quotation from "../../diagnostics/Quotation.ts"
import { Transport, TransportError } from "../Transport.ts"
import * as AssumedPackages from "./AssumedPackages.ts"
import { DependenciesError, RuntimeMissingError } from "./DeployError.ts"
import * as DeployProtocol from "./DeployProtocol.ts"
import * as HostScript from "./HostScript.ts"
import { HostSupplies } from "./HostSupplies.ts"
import { type DeployedPackage, type DeployError, type DeployRequest, PackageDeployer } from "./PackageDeployer.ts"
import * as Shell from "./Shell.ts"

/** Rounds of question and answer before we give up: each one brings something that was missing. */
const mostRounds = 8

const noAnswer = (
  location: string,
  result: { readonly stdout: string; readonly stderr: string; readonly exitCode: number }
) =>
  new TransportError({
    reason: "Unavailable",
    what: `${location} gave no answer that can be understood`,
    why: Quotation.lastLines([result.stderr.trim(), result.stdout.trim()].join("\n").trim()).replaceAll("\n", "\n  ") ||
      `The command ended with exit code ${result.exitCode}.`,
    remedy: "Check that a command over SSH works there: `clustrix doctor` looks step by step."
  })

const untrusted = (location: string, stateDirectory: string, why: string) =>
  new TransportError({
    reason: "PermissionDenied",
    path: stateDirectory,
    what: `Nothing is run from ${stateDirectory} on ${location}`,
    why: `${why.trim().slice(0, 200)}: whoever can write there decides what runs.`,
    remedy: "Give it to you alone (chmod -R go-w), or choose another remote_work_dir."
  })

/** `toolText`: our own code for hosts, `platform-node/remote` as one file. */
const make = (toolText: string) =>
  Effect.gen(function*() {
    const transport = yield* Transport
    const supplies = yield* HostSupplies
    const hasher = yield* Hasher.Hasher
    const tool = `${(yield* Hasher.digest(toolText)).slice(0, 16)}.mjs`

    const uploadsIn = (stateDirectory: string): string => `${stateDirectory}/uploads`

    /** The same name for all who send the same bytes: what one of them left, the next one continues. */
    const send = (
      request: DeployRequest,
      what: string,
      source: RandomAccess.RandomAccess,
      name: string
    ): Effect.Effect<string, DeployError> => {
      const directory = uploadsIn(request.stateDirectory)
      const target = `${directory}/${name}`
      return Effect.zipRight(
        transport.makeDirectory(directory),
        Effect.as(
          transport.upload(source, target, {
            partial: `${target}.part`,
            progress: (bytes) => request.progress?.(what, bytes, source.sizeBytes)
          }),
          target
        )
      ).pipe(
        // Another deployer renamed it: then the file is there
        Effect.catchIf(
          (error) => error._tag === "TransportError" && error.reason === "NotFound",
          (error) =>
            Effect.if(Effect.orElseSucceed(transport.exists(target), () => false), {
              onTrue: () => Effect.succeed(target),
              onFalse: () => Effect.fail(error)
            })
        )
      )
    }

    const installTool = (stateDirectory: string) =>
      Effect.zipRight(
        transport.makeDirectory(`${stateDirectory}/tools`),
        transport.writeFile(`${stateDirectory}/tools/${tool}`, toolText)
      )

    const installRuntime = (request: DeployRequest, { platform, tried }: typeof DeployProtocol.NoRuntime.Type) =>
      Effect.scoped(Effect.gen(function*() {
        const missing = (why: string) =>
          new RuntimeMissingError({
            tried,
            what: `${transport.location} (${platform}) has no Node.js that jobs could use`,
            why: [...(tried.length === 0 ? [] : [`${tried.join("; ")}.`]), why].join(" "),
            remedy:
              "Name one in remote_node_path or CLUSTRIX_REMOTE_NODE_PATH, load it with module_loads, or name a Node distribution "
              + "for that platform in runtime_archive."
          })
        // Whoever names a runtime wants that one
        if (request.runtime !== undefined) return yield* missing("It is the one that the configuration names.")
        const supply = yield* supplies.runtime(platform)
        if ("missing" in supply) return yield* missing(supply.missing)
        const name = `${supply.version}-${platform}`
        const archive = yield* send(request, `Node.js ${supply.version}`, supply.archive, `${name}.tar.gz`)
        const runtimes = `${request.stateDirectory}/runtimes`
        const result = yield* transport.exec(
          [
            "umask 022",
            `mkdir -p ${Shell.quote(runtimes)} && cd ${Shell.quote(runtimes)} || exit`,
            `temporary=$(mktemp -d ${Shell.quote(`./.${name}.XXXXXX`)}) || exit`,
            "trap 'rm -rf \"$temporary\"' EXIT",
            `gzip -dc ${Shell.quote(archive)} | tar -xf - -C "$temporary" || exit`,
            // A distribution has everything below a directory of its own
            "root=$temporary",
            "for each in \"$temporary\"/*/bin/node; do if [ -x \"$each\" ]; then root=${each%/bin/node}; fi; done",
            "\"$root/bin/node\" -v || exit",
            `if ! [ -e ${Shell.quote(name)} ]; then mv "$root" ${Shell.quote(name)} || [ -e ${
              Shell.quote(name)
            } ]; fi || exit`,
            `rm -f ${Shell.quote(archive)}`
          ].join("\n"),
          { idempotent: true }
        )
        if (result.exitCode !== 0) {
          return yield* missing(
            `The one that was sent (${supply.version}) does not run there: ${Quotation.lastLines(result.stderr)}`
          )
        }
      }))

    const installEnvironment = (
      request: DeployRequest,
      platform: string,
      needs: Extract<DeployProtocol.Outcome, { readonly _tag: "NeedsEnvironment" }>
    ) =>
      Effect.scoped(Effect.gen(function*() {
        const unreachable = (why: string) =>
          new DependenciesError({
            reason: "Unreachable",
            what: `The npm packages cannot be installed on ${transport.location}`,
            why,
            remedy:
              "Package with dependencies: \"vendor\": then the packages' files go along in the ZIP, and no registry is needed."
          })
        if ((request.allowScripts ?? []).length > 0) {
          return yield* unreachable(`${needs.why} Install scripts (allow_scripts) can only run there.`)
        }
        const built = yield* Effect.catchTag(
          supplies.environment({ ...needs, platform }),
          "DependenciesError",
          (error) => unreachable(`${needs.why} Nor from here: ${[error.what, error.why].join(": ")}`)
        )
        if (Option.isNone(built)) return yield* unreachable(needs.why)
        const digest = yield* Hasher.digest(`${platform}\0${needs.lockfile}`)
        return yield* send(request, "npm packages", built.value, `${digest}-${built.value.sizeBytes}.tar.gz`)
      }))

    const deploy = (request: DeployRequest): Effect.Effect<DeployedPackage, DeployError> =>
      Effect.gen(function*() {
        const opened = yield* OpenPackage.openPackage(request.package, {
          expectedDigest: request.digest
        })
        const assumed = AssumedPackages.assumedOf(opened)
        const sendPackage = send(
          request,
          "the package",
          request.package,
          `${request.digest}-${request.package.sizeBytes}.zip`
        )
        let archive: string | undefined
        let environment: string | undefined
        let created = false
        for (let round = 0; round < mostRounds; round += 1) {
          const question: DeployProtocol.Question = {
            stateDirectory: request.stateDirectory,
            digest: request.digest,
            archive,
            environment,
            assumed: assumed.length > 0
              ? {
                nodeModules: `${request.workDirectory ?? request.stateDirectory.replace(/\/[^/]*$/, "")}/node_modules`,
                packages: assumed
              }
              : undefined,
            allowScripts: request.allowScripts ?? []
          }
          const result = yield* transport.exec(
            HostScript.render({ question, tool, runtime: request.runtime, moduleLoads: request.moduleLoads ?? [] }),
            { idempotent: true }
          )
          const foreign = DeployProtocol.lineAfter(result.stdout, DeployProtocol.marks.untrusted)
          if (foreign !== undefined) return yield* untrusted(transport.location, request.stateDirectory, foreign)
          const noRuntime = DeployProtocol.lineAfter(result.stdout, DeployProtocol.marks.noRuntime)
          if (noRuntime !== undefined) {
            const found = yield* Effect.mapError(
              DeployProtocol.decodeNoRuntime(noRuntime),
              () => noAnswer(transport.location, result)
            )
            yield* installRuntime(request, found)
            continue
          }
          const noTool = DeployProtocol.lineAfter(result.stdout, DeployProtocol.marks.noTool)
          if (noTool !== undefined) {
            const sent = archive === undefined && noTool.trim() === DeployProtocol.absent ?
              Effect.map(sendPackage, Option.some)
              : Effect.succeedNone
            const [, path] = yield* Effect.all([installTool(request.stateDirectory), sent], { concurrency: 2 })
            archive ??= Option.getOrUndefined(path)
            continue
          }
          const line = DeployProtocol.lineAfter(result.stdout, DeployProtocol.marks.answer)
          if (line === undefined) return yield* noAnswer(transport.location, result)
          const { host, outcome } = yield* Effect.mapError(
            DeployProtocol.decodeAnswer(line),
            () => noAnswer(transport.location, result)
          )
          switch (outcome._tag) {
            case "Ready":
              return {
                directory: outcome.directory,
                created: created || outcome.created,
                runtimePath: host.runtimePath
              }
            case "Failed":
              return yield* outcome.error
            case "NeedsArchive":
              created = true
              archive = yield* sendPackage
              break
            case "NeedsEnvironment":
              archive = undefined
              environment = yield* installEnvironment(request, host.platform, outcome)
              break
          }
        }
        return yield* new TransportError({
          reason: "Unavailable",
          what: `The package cannot be deployed to ${transport.location}`,
          why: "What is sent there vanishes before it can be used.",
          remedy: "Check that nothing else removes files from remote_work_dir, then try again."
        })
      }).pipe(Effect.provideService(Hasher.Hasher, hasher), Effect.withSpan("PackageDeployer.deploy"))

    return { deploy }
  })

/** Deploys through the {@link Transport}. */
export const layer = (
  toolText: string
): Layer.Layer<PackageDeployer, never, Transport | HostSupplies | Hasher.Hasher> =>
  Layer.effect(PackageDeployer, make(toolText))

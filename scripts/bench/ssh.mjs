/**
 * A host over SSH: deploying there, against OpenSSH's own tools, and its files, against this machine's.
 */
import { ClusterFilesystem, PackageDeployer, RandomAccess, Transport } from "clustrix"
import { Cluster, ClusterFilesystem as LocalFilesystem, packageFunctionForExecution } from "clustrix/node"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { spawn } from "node:child_process"
import { randomFillSync } from "node:crypto"
import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { interleaved, print } from "./Measure.mjs"
import * as Sshd from "./Sshd.mjs"

const delay = 50
const megabits = 100
const dataBytes = 50 * 2 ** 20

/** A function with a data file of `bytes` that cannot be compressed. */
const makePackage = (directory, bytes) => {
  mkdirSync(directory, { recursive: true })
  writeFileSync(path.join(directory, "package.json"), `{ "name": "data", "type": "module" }\n`)
  writeFileSync(path.join(directory, "data.bin"), randomFillSync(Buffer.alloc(bytes)))
  writeFileSync(
    path.join(directory, "main.ts"),
    `import { readFileSync } from "node:fs"\nexport const main = () => readFileSync("data.bin").length\n`
  )
  return packageFunctionForExecution(`${path.join(directory, "main.ts")}#main`)
}

const connect = (configuration) => ManagedRuntime.make(Cluster.layer(configuration))

const deploy = ({ digest, packagePath }, stateDirectory) =>
  Effect.scoped(Effect.gen(function*() {
    const deployer = yield* PackageDeployer.PackageDeployer
    return yield* deployer.deploy({ package: yield* RandomAccess.fromFile(packagePath), digest, stateDirectory })
  }))

/** Deploys over a connection of its own, as a command would. */
const deployOnce = async (configuration, info, stateDirectory) => {
  const runtime = connect(configuration)
  const { created } = await runtime.runPromise(deploy(info, stateDirectory))
  await runtime.dispose()
  if (!created) throw new Error("The package was there already")
}

const there = async (sshd, below, packages, rounds) => {
  console.log(" a package that is there already, over a connection that is open")
  const runtime = connect(sshd.configuration(sshd.port, below("there")))
  const state = below("there", ".clustrix")
  for (const info of Object.values(packages)) await runtime.runPromise(deploy(info, state))
  const before = sshd.commands()
  const times = await interleaved(
    {
      "true": () => runtime.runPromise(Effect.flatMap(Transport.Transport, (transport) => transport.exec("true"))),
      ...Object.fromEntries(
        Object.entries(packages).map(([name, info]) => [name, () => runtime.runPromise(deploy(info, state))])
      )
    },
    rounds
  )
  const commands = (sshd.commands() - before) / rounds - 1
  await runtime.dispose()
  print(times, "true")
  console.log("  (`true`: one command that does nothing)")
  return commands / Object.keys(packages).length
}

/** How much longer the first deployment takes than `scp` and `unzip`. */
const first = async (sshd, port, below, info, rounds) => {
  let count = 0
  const fresh = () => below("first", `${port}-${count++}`)
  const times = await interleaved(
    {
      "scp, then unzip over ssh": async () => {
        const target = fresh()
        mkdirSync(target, { recursive: true })
        await sshd.scp(port, info.packagePath, `${target}/package.zip`)
        await sshd.ssh(port, `cd ${target} && unzip -q package.zip && rm package.zip`)
        rmSync(target, { recursive: true })
      },
      "scp alone": async () => {
        const target = fresh()
        mkdirSync(target, { recursive: true })
        await sshd.scp(port, info.packagePath, `${target}/package.zip`)
        rmSync(target, { recursive: true })
      },
      clustrix: async () => {
        const target = fresh()
        await deployOnce(sshd.configuration(port, target), info, `${target}/.clustrix`)
        rmSync(target, { recursive: true })
      }
    },
    rounds
  )
  print(times, "scp, then unzip over ssh")
  return times.clustrix.median / times["scp, then unzip over ssh"].median
}

const files = async (sshd, rounds) => {
  console.log(" a directory of 100,000 files")
  const directory = mkdtempSync(path.join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "clustrix-files-"))
  try {
    for (let index = 0; index < 100_000; index++) {
      const source = path.join(directory, `f${index - index % 20_000}.csv`)
      if (index % 20_000 === 0) writeFileSync(source, "12345")
      else linkSync(source, path.join(directory, `f${index}.csv`))
    }
    const local = ManagedRuntime.make(LocalFilesystem.layer(directory))
    const far = connect(sshd.configuration(sshd.port, directory))
    const calls = {
      ls: (service) => service.ls(),
      find: (service) => service.find("*9.csv"),
      glob: (service) => service.glob("*9.csv"),
      count_files: (service) => service.countFiles(),
      du: (service) => service.du()
    }
    const ask = (runtime, call) => () => runtime.runPromise(Effect.flatMap(ClusterFilesystem.ClusterFilesystem, call))
    for (const [name, call] of Object.entries(calls)) {
      const subjects = { [`${name}, here`]: ask(local, call), [`${name}, over SFTP`]: ask(far, call) }
      const [here, there] = await Promise.all(Object.values(subjects).map((subject) => subject()))
      if (JSON.stringify(here) !== JSON.stringify(there)) throw new Error(`${name} gives another answer over SFTP`)
      print(await interleaved(subjects, rounds), `${name}, here`)
    }
    await local.dispose()
    await far.dispose()
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Measures, and calls `aim` with what came out. `below` gives names in a directory that is removed in the end. */
export const measure = async ({ aim, below, quick }) => {
  const missing = Sshd.missing()
  if (missing !== "") return console.log(`  not measured: there is no ${missing}`)
  const sshd = await Sshd.start(below("sshd"))
  const proxyPort = await Sshd.freePort()
  const proxy = spawn(process.execPath, [
    fileURLToPath(new URL("delay-proxy.mjs", import.meta.url)),
    ...[proxyPort, sshd.port, delay, megabits].map(String)
  ], { stdio: "inherit" })
  try {
    await Sshd.waitFor(proxyPort)
    for (const port of [sshd.port, proxyPort]) sshd.know(port)
    const small = await makePackage(below("small"), 10)
    const large = await makePackage(below("large"), dataBytes)
    const commands = await there(
      sshd,
      below,
      { "a package of 10 bytes of data": small, "one of 50 MiB": large },
      quick ? 3 : 9
    )
    aim("commands for a package that is there", commands, 1, "")
    console.log(" the first deployment of 50 MiB that cannot be compressed, connection and all")
    aim("against scp and unzip", await first(sshd, sshd.port, below, large, quick ? 3 : 7), 1.5)
    console.log(` the same over a link of ${megabits} Mbit/s, with ${delay} ms in each direction`)
    aim("against scp and unzip", await first(sshd, proxyPort, below, large, quick ? 1 : 3), 1.3)
    await files(sshd, quick ? 1 : 5)
  } finally {
    proxy.kill()
    sshd.stop()
  }
}

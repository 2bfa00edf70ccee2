/**
 * A real Slurm on loopback: munged, slurmctld and some slurmd of one machine, with keys, state and configuration of their own, for
 * the user who runs the tests. Debian: slurm-wlm, munge.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"

const daemons = { munged: "/usr/sbin/munged", slurmctld: "/usr/sbin/slurmctld", slurmd: "/usr/sbin/slurmd" }
const absent = Object.entries(daemons).filter(([, file]) => !fs.existsSync(file)).map(([name]) => name)

/** Why there is no Slurm here, to be told loudly; with CI=true that is a failure. */
export const missing = absent.length === 0
  ? undefined
  : `${absent.join(", ")} not installed: nothing under Slurm is tested`
if (missing !== undefined) {
  if (process.env["CI"] === "true") throw new Error(missing)
  console.warn(`Not tested: ${missing}`)
}

const freePorts = async (count: number): Promise<ReadonlyArray<number>> => {
  const servers = await Promise.all(Array.from({ length: count }, () =>
    new Promise<net.Server>((resolve, reject) => {
      const server = net.createServer()
      server.once("error", reject)
      server.listen(0, "127.0.0.1", () => resolve(server))
    })))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === "object" && address !== null ? address.port : 0
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

export const sleep = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))

/** Waits for a condition; `what` is told when it does not come. */
export const until = async (what: string, holds: () => boolean, seconds = 60): Promise<void> => {
  for (let tries = 0; tries < seconds * 20; tries += 1) {
    if (holds()) return
    await sleep(50)
  }
  throw new Error(`It does not come: ${what}`)
}

/** Processes below `pid`, those that it left to others included, by the variable `SLURM_CONF` that they carry. */
const belonging = (configFile: string): ReadonlyArray<number> =>
  fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`SLURM_CONF=${configFile}`) &&
        pid !== process.pid
    } catch {
      return false
    }
  })

const kill = (pid: number | undefined, signal: NodeJS.Signals): void => {
  try {
    if (pid !== undefined) process.kill(pid, signal)
  } catch {
    // It ended meanwhile.
  }
}

export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface Slurm {
  readonly directory: string
  /** The value of `SLURM_CONF`. */
  readonly configFile: string
  /** Runs a command of Slurm's; throws unless it ends well. */
  readonly run: (command: string, ...args: ReadonlyArray<string>) => string
  readonly startController: () => Promise<void>
  readonly stopController: (signal?: NodeJS.Signals) => Promise<void>
  readonly startNode: (index: number) => Promise<void>
  /** Ends a node's slurmd and what runs there, at once, as when the machine loses its power. */
  readonly killNode: (index: number) => Promise<void>
  readonly log: () => string
  readonly stop: () => Promise<void>
}

export interface SlurmOptions {
  readonly nodes?: number
  readonly cpus?: number
  /** More of slurm.conf. */
  readonly lines?: ReadonlyArray<string>
}

export const make = async ({ cpus = 4, lines = [], nodes = 2 }: SlurmOptions = {}): Promise<Slurm> => {
  const directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-slurm-")))
  const at = (name: string): string => path.join(directory, name)
  fs.chmodSync(directory, 0o755)
  for (const name of ["state", "munge", ...Array.from({ length: nodes }, (_, n) => `node${n}`)]) fs.mkdirSync(at(name))
  fs.writeFileSync(at("munge/key"), randomBytes(128), { mode: 0o400 })
  const [controllerPort, ...nodePorts] = await freePorts(nodes + 1)
  const host = os.hostname().split(".")[0]
  const user = os.userInfo().username
  const configFile = at("slurm.conf")
  fs.writeFileSync(
    configFile,
    [
      "ClusterName=clustrix",
      `SlurmctldHost=${host}(127.0.0.1)`,
      `SlurmctldPort=${controllerPort}`,
      `SlurmUser=${user}`,
      `SlurmdUser=${user}`,
      "AuthType=auth/munge",
      `AuthInfo=socket=${at("munge/socket")}`,
      "CredType=cred/munge",
      // Every listener on loopback
      "CommunicationParameters=NoCtldInAddrAny,NoInAddrAny",
      `StateSaveLocation=${at("state")}`,
      `SlurmdSpoolDir=${at("%n")}`,
      `SlurmctldPidFile=${at("slurmctld.pid")}`,
      `SlurmdPidFile=${at("slurmd-%n.pid")}`,
      "ProctrackType=proctrack/linuxproc",
      "TaskPlugin=task/none",
      "SwitchType=switch/none",
      "MpiDefault=none",
      "SelectType=select/cons_tres",
      "SelectTypeParameters=CR_CPU_Memory",
      "SlurmdParameters=config_overrides",
      "ReturnToService=2",
      "SchedulerType=sched/backfill",
      "SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=1,sched_interval=2",
      "AccountingStorageType=accounting_storage/none",
      "JobCompType=jobcomp/none",
      "JobAcctGatherType=jobacct_gather/none",
      "JobRequeue=0",
      "MailProg=/bin/true",
      "KillWait=2",
      "MinJobAge=300",
      "SlurmdTimeout=4",
      "SlurmctldTimeout=10",
      "InactiveLimit=0",
      "CompleteWait=0",
      "MaxArraySize=10001",
      "DefMemPerCPU=100",
      ...lines,
      ...nodePorts.map((port, n) =>
        `NodeName=node${n} NodeAddr=127.0.0.1 Port=${port} CPUs=${cpus} RealMemory=8000 State=UNKNOWN`
      ),
      `PartitionName=main Nodes=node[0-${nodes - 1}] Default=YES MaxTime=60 State=UP`,
      `PartitionName=other Nodes=node[0-${nodes - 1}] MaxTime=60 State=UP`,
      ""
    ].join("\n")
  )
  const env = { ...process.env, SLURM_CONF: configFile }
  const log = fs.openSync(at("log"), "a")
  const children = new Map<string, ChildProcess>()
  const start = (name: string, command: string, ...args: ReadonlyArray<string>): void => {
    children.set(name, spawn(command, args, { env, stdio: ["ignore", log, log], detached: true }))
  }
  const end = async (name: string, signal: NodeJS.Signals): Promise<void> => {
    const child = children.get(name)
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once("exit", resolve))
    kill(child.pid, signal)
    const timer = setTimeout(() => kill(child.pid, "SIGKILL"), 5000)
    await ended
    clearTimeout(timer)
  }
  const attempt = (command: string, args: ReadonlyArray<string>): Ran => {
    const { error, status, stderr, stdout } = spawnSync(command, args, { env, encoding: "utf8" })
    if (error !== undefined) throw error
    return { exitCode: status ?? 1, stdout, stderr }
  }
  const run = (command: string, ...args: ReadonlyArray<string>): string => {
    const { exitCode, stderr, stdout } = attempt(command, args)
    if (exitCode !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}${stdout}`)
    return stdout
  }
  const text = (): string => fs.readFileSync(at("log"), "utf8")
  const startController = async (): Promise<void> => {
    start("slurmctld", daemons.slurmctld, "-D", "-f", configFile)
    await until(
      "an answer of slurmctld",
      () => attempt("scontrol", ["ping"]).stdout.includes("is UP")
    ).catch((cause: unknown) => {
      throw new Error(text(), { cause })
    })
  }
  const isReady = (index: number): boolean =>
    /^(?:idle|mix|alloc)$/.test(attempt("sinfo", ["-h", "-n", `node${index}`, "-p", "main", "-o", "%t"]).stdout.trim())
  const startNode = async (index: number): Promise<void> => {
    start(`node${index}`, daemons.slurmd, "-D", "-N", `node${index}`, "-f", configFile)
    await until(`node${index}`, () => isReady(index)).catch((cause: unknown) => {
      throw new Error(text(), { cause })
    })
  }
  const stop = async (): Promise<void> => {
    await Promise.all([...children.keys()].filter((name) => name !== "munged").map((name) => end(name, "SIGTERM")))
    for (const pid of belonging(configFile)) if (pid !== children.get("munged")?.pid) kill(pid, "SIGKILL")
    await end("munged", "SIGTERM")
    fs.closeSync(log)
    fs.rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    start(
      "munged",
      daemons.munged,
      "--foreground",
      "--force",
      `--socket=${at("munge/socket")}`,
      `--key-file=${at("munge/key")}`,
      `--pid-file=${at("munge/pid")}`,
      `--seed-file=${at("munge/seed")}`
    )
    await until("the socket of munged", () => fs.existsSync(at("munge/socket")))
    await startController()
    await Promise.all(Array.from({ length: nodes }, (_, n) => startNode(n)))
  } catch (cause) {
    await stop()
    throw cause
  }
  return {
    directory,
    configFile,
    run,
    startController,
    stopController: (signal = "SIGTERM") => end("slurmctld", signal),
    startNode,
    killNode: async (index) => {
      const pid = children.get(`node${index}`)?.pid
      const steps = belonging(configFile).filter((each) => {
        try {
          const words = fs.readFileSync(`/proc/${each}/environ`, "utf8").split("\0")
          return words.includes(`SLURMD_NODENAME=node${index}`) ||
            fs.readFileSync(`/proc/${each}/cmdline`, "utf8").startsWith("slurmstepd") && each !== pid
        } catch {
          return false
        }
      })
      await end(`node${index}`, "SIGKILL")
      for (const each of steps) kill(each, "SIGKILL")
    },
    log: text,
    stop
  }
}

/**
 * A real Grid Engine on one machine: sge_qmaster and sge_execd with state and configuration of their own. They listen on every address,
 * so they live in a network of their own, with loopback alone, which only root can make; commands outside enter it one by one.
 * Debian: gridengine-master, gridengine-exec, gridengine-client, iproute2.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

const library = "/usr/lib/gridengine"
const needed = [`${library}/sge_qmaster`, `${library}/sge_execd`, `${library}/spoolinit`, "/usr/bin/qsub", "/sbin/ip"]
const absent = needed.filter((file) => !fs.existsSync(file))

/** Why there is no Grid Engine here, to be told loudly; with CI=true that is a failure. */
export const missing = absent.length > 0
  ? `${absent.join(", ")} not installed: nothing under Grid Engine is tested`
  : process.getuid?.() !== 0
  ? "only root can give Grid Engine a network of its own: nothing under Grid Engine is tested"
  : undefined
if (missing !== undefined) {
  if (process.env["CI"] === "true") throw new Error(missing)
  console.warn(`Not tested: ${missing}`)
}

const sleep = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))

export interface GridEngine {
  readonly directory: string
  /** Holds `qsub`, `qstat` and the others, to be put on the PATH. */
  readonly commands: string
  /** Runs a command of Grid Engine's; throws unless it ends well. */
  readonly run: (command: string, ...args: ReadonlyArray<string>) => string
  readonly stopMaster: () => Promise<void>
  readonly startMaster: () => Promise<void>
  readonly stop: () => Promise<void>
}

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL")
  } catch {
    // It ended meanwhile.
  }
}

/** Processes of the network that `holder` holds. */
const members = (holder: number): ReadonlyArray<number> => {
  const network = fs.readlinkSync(`/proc/${holder}/ns/net`)
  return fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return pid !== holder && fs.readlinkSync(`/proc/${pid}/ns/net`) === network
    } catch {
      return false
    }
  })
}

const pidIn = (file: string): number | undefined => {
  try {
    return Number(fs.readFileSync(file, "utf8").trim())
  } catch {
    return undefined
  }
}

/** `lines of a configuration`, some of them replaced. */
const changed = (text: string, values: Readonly<Record<string, string>>): string =>
  text.split("\n").map((line) => {
    const [key = ""] = line.split(/\s/)
    const value = values[key]
    return value === undefined ? line : `${key} ${value}`
  }).join("\n")

export const make = async ({ slots = 4 }: { readonly slots?: number } = {}): Promise<GridEngine> => {
  const directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-sge-")))
  const at = (name: string): string => path.join(directory, name)
  fs.chmodSync(directory, 0o755)
  const host = os.hostname()
  const cell = at("root/default/common")
  for (const name of ["spool/qmaster/job_scripts", "spool/db", "spool/execd", "bin", "root/default/common"]) {
    fs.mkdirSync(at(name), { recursive: true })
  }
  for (const name of ["bin", "lib", "util", "utilbin"]) {
    fs.symlinkSync(`/var/lib/gridengine/${name}`, at(`root/${name}`))
  }
  fs.writeFileSync(at("hosts"), `127.0.0.1 ${host} localhost\n`)
  const user = os.userInfo().username
  fs.writeFileSync(
    path.join(cell, "bootstrap"),
    [
      "Version: 6.2",
      `admin_user ${user}`,
      "default_domain none",
      "ignore_fqdn true",
      "spooling_method berkeleydb",
      "spooling_lib libspoolb",
      `spooling_params ${at("spool/db")}`,
      `binary_path ${library}`,
      `qmaster_spool_dir ${at("spool/qmaster")}`,
      "security_mode none",
      "listener_threads 2",
      "worker_threads 2",
      "scheduler_threads 1",
      ""
    ].join("\n")
  )
  fs.writeFileSync(path.join(cell, "act_qmaster"), `${host}\n`)
  fs.writeFileSync(path.join(cell, "cluster_name"), "clustrix\n")
  const variables = {
    SGE_ROOT: at("root"),
    SGE_CELL: "default",
    SGE_ARCH: "lx-amd64",
    SGE_CLUSTER_NAME: "clustrix",
    // In a network of its own no port is taken
    SGE_QMASTER_PORT: "16444",
    SGE_EXECD_PORT: "16445"
  }
  const holder: ChildProcess = spawn(
    "unshare",
    ["--net", "--mount", "sh", "-c", `ip link set lo up && mount --bind "$0" /etc/hosts && echo up && exec sleep 86400`,
      at("hosts")],
    { stdio: ["ignore", "pipe", "inherit"], detached: true }
  )
  await new Promise<void>((resolve, reject) => {
    holder.once("exit", () => reject(new Error("No network of its own can be made")))
    holder.stdout?.once("data", () => resolve())
  })
  const pid = holder.pid ?? 0
  const entering = ["-t", String(pid), "-n", "-m"]
  const run = (command: string, ...args: ReadonlyArray<string>): string => {
    const ran = spawnSync("nsenter", [...entering, command, ...args], {
      encoding: "utf8",
      env: { ...process.env, ...variables }
    })
    if (ran.error !== undefined) throw ran.error
    if (ran.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${ran.stderr}${ran.stdout}`)
    return ran.stdout
  }
  const write = (name: string, text: string): string => {
    fs.writeFileSync(at(name), text)
    return at(name)
  }
  for (const name of ["qsub", "qstat", "qdel", "qacct", "qconf", "qalter", "qmod"]) {
    const assignments = Object.entries(variables).map(([key, value]) => `${key}='${value}'`)
    const words = ["nsenter", ...entering, "--wd=\"$PWD\"", `/usr/bin/${name}`, "\"$@\""]
    fs.writeFileSync(at(`bin/${name}`), `#!/bin/sh\n${assignments.join(" ")} exec ${words.join(" ")}\n`, {
      mode: 0o755
    })
  }
  const until = async (what: string, holds: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 600; tries += 1) {
      if (holds()) return
      await sleep(50)
    }
    throw new Error(`It does not come: ${what}`)
  }
  const succeeds = (command: string, ...args: ReadonlyArray<string>): boolean => {
    try {
      run(command, ...args)
      return true
    } catch {
      return false
    }
  }
  const startMaster = async (): Promise<void> => {
    run(`${library}/sge_qmaster`)
    await until("an answer of sge_qmaster", () => succeeds("qconf", "-ss") || succeeds("qconf", "-sh"))
  }
  const endOf = async (file: string): Promise<void> => {
    const daemon = pidIn(file)
    if (daemon === undefined) return
    kill(daemon)
    await until("the end of a daemon", () => !fs.existsSync(`/proc/${daemon}/exe`) || !members(pid).includes(daemon))
  }
  const stop = async (): Promise<void> => {
    for (const each of members(pid)) kill(each)
    holder.removeAllListeners("exit")
    kill(pid)
    await sleep(50)
    fs.rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const configuration = changed(fs.readFileSync("/usr/share/gridengine/default-configuration", "utf8"), {
      execd_spool_dir: at("spool/execd"),
      mailer: "/bin/true",
      load_report_time: "00:00:01",
      reporting_params:
        "accounting=true reporting=false flush_time=00:00:01 accounting_flush_time=00:00:00 joblog=false sharelog=00:00:00",
      max_unheard: "00:00:10",
      shell_start_mode: "unix_behavior",
      // Whoever runs the tests may submit
      min_uid: "0",
      min_gid: "0"
    })
    run(`${library}/spoolinit`, "berkeleydb", "libspoolb", at("spool/db"), "init")
    const defaults = `${library}/spooldefaults`
    run(defaults, "configuration", write("global.conf", configuration))
    run(defaults, "complexes", "/usr/share/gridengine/util/resources/centry")
    run(defaults, "usersets", "/usr/share/gridengine/util/resources/usersets")
    run(defaults, "managers", user)
    await startMaster()
    succeeds("qconf", "-ah", host)
    run("qconf", "-as", host)
    const scheduling = changed(run("qconf", "-ssconf"), {
      schedule_interval: "0:0:1",
      flush_submit_sec: "1",
      flush_finish_sec: "1",
      job_load_adjustments: "none"
    })
    run("qconf", "-Msconf", write("scheduling", scheduling))
    run("qconf", "-Ahgrp", write("hosts-group", `group_name @allhosts\nhostlist ${host}\n`))
    run(`${library}/sge_execd`)
    const environment = [
      "pe_name smp",
      "slots 999",
      "user_lists NONE",
      "xuser_lists NONE",
      "start_proc_args NONE",
      "stop_proc_args NONE",
      "allocation_rule $pe_slots",
      "control_slaves FALSE",
      "job_is_first_task TRUE",
      "urgency_slots min",
      "accounting_summary FALSE",
      "qsort_args NONE",
      ""
    ]
    run("qconf", "-Ap", write("environment", environment.join("\n")))
    const queue = changed(run("qconf", "-sq"), {
      qname: "main.q",
      hostlist: "@allhosts",
      slots: String(slots),
      load_thresholds: "NONE",
      pe_list: "smp",
      shell: "/bin/sh",
      shell_start_mode: "unix_behavior",
      notify: "00:00:02"
    })
    run("qconf", "-Aq", write("queue", queue))
    // The last column holds the letters of what is wrong with the queue
    await until(
      "a queue without faults",
      () =>
        run("qstat", "-f").split("\n").some((line) =>
          line.startsWith("main.q@") && line.trim().split(/\s+/).length === 5
        )
    )
  } catch (cause) {
    await stop()
    throw cause
  }
  return {
    directory,
    commands: at("bin"),
    run,
    startMaster,
    stopMaster: () => endOf(at("spool/qmaster/qmaster.pid")),
    stop
  }
}

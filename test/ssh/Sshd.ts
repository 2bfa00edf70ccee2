/**
 * A real sshd on loopback, with keys and configuration of its own, for the user who runs the tests.
 */
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import type { SshOptions } from "../../platform-node/ssh/SshTarget.ts"

const binary = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/lib/ssh/sshd"].find((file) => fs.existsSync(file))

/** Why there is no sshd here, to be told loudly; with CI=true that is a failure. */
export const missing = binary === undefined ? "sshd is not installed: nothing over SSH is tested" : undefined
if (missing !== undefined) {
  if (process.env["CI"] === "true") throw new Error(missing)
  console.warn(`Not tested: ${missing}`)
}

export const isRoot = process.getuid?.() === 0
export const user = os.userInfo().username

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

const keygen = (file: string, type = "ed25519", passphrase = ""): void => {
  const made = spawnSync("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", "test", "-f", file])
  if (made.status !== 0) throw new Error(made.stderr.toString())
}

export interface Sshd {
  readonly port: number
  /** Holds `known_hosts`, `id` (the key that may log in), `host_ed25519`. */
  readonly directory: string
  /** What leads to it, by its own key. */
  readonly options: SshOptions
  readonly known: string
  readonly key: (name: string, type?: string, passphrase?: string) => string
  readonly authorize: (publicKey: string) => void
  readonly log: () => string
  readonly start: () => Promise<void>
  /** The listener and all sessions, at once. */
  readonly kill: () => void
  /** The sessions only: the network is cut. */
  readonly cut: () => void
  /** How many processes serve somebody now. */
  readonly sessions: () => number
  readonly stop: () => void
}

/** All processes below `pid`. */
const descendants = (pid: number): ReadonlyArray<number> => {
  const parents = new Map<number, Array<number>>()
  for (const name of fs.readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, "utf8")
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])
      parents.set(parent, [...parents.get(parent) ?? [], Number(name)])
    } catch {
      // It ended meanwhile.
    }
  }
  const found: Array<number> = []
  const queue = [pid]
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const children = parents.get(at) ?? []
    found.push(...children)
    queue.push(...children)
  }
  return found
}

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL")
  } catch {
    // It ended meanwhile.
  }
}

const isSshd = (pid: number): boolean => {
  try {
    return fs.readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("sshd")
  } catch {
    return false
  }
}

let added = 0

/** A new user of this machine, who is not root, for as long as it is needed. Only root may make one. */
export const addUser = (
  password?: string,
  shell = "/bin/sh",
  home = "/"
): { readonly username: string; readonly remove: () => void } => {
  const username = `clx${process.pid}${added += 1}`
  const run = (command: string, ...args: ReadonlyArray<string>): void => {
    const ran = spawnSync(command, [...args, username])
    if (ran.status !== 0) throw new Error(`${command}: ${ran.error?.message ?? ran.stderr.toString()}`)
  }
  // A password that is no hash of any: without one, the account counts as locked
  run("useradd", "--no-create-home", "--no-user-group", "--home-dir", home, "--shell", shell, "--password", "*none*")
  if (password !== undefined) spawnSync("chpasswd", { input: `${username}:${password}\n` })
  return { username, remove: () => run("userdel", "--force") }
}

/** `lines`: more of sshd_config. */
export const make = async (lines: ReadonlyArray<string> = []): Promise<Sshd> => {
  const directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-sshd-")))
  const at = (name: string): string => path.join(directory, name)
  // sshd reads authorized_keys as the user who logs in, who may be another one
  fs.chmodSync(directory, 0o711)
  const port = await freePort()
  keygen(at("host_ed25519"))
  keygen(at("id"))
  fs.copyFileSync(at("id.pub"), at("authorized_keys"))
  fs.chmodSync(at("authorized_keys"), 0o644)
  const known = at("known_hosts")
  const [type, key] = fs.readFileSync(at("host_ed25519.pub"), "utf8").split(" ")
  fs.writeFileSync(known, `[127.0.0.1]:${port} ${type} ${key}\n`)
  // Privilege separation wants it, and Debian's package leaves it to the service
  if (isRoot) fs.mkdirSync("/run/sshd", { recursive: true, mode: 0o755 })
  fs.writeFileSync(
    at("sshd_config"),
    [
      "ListenAddress 127.0.0.1",
      `Port ${port}`,
      `HostKey ${at("host_ed25519")}`,
      `PidFile ${at("sshd.pid")}`,
      ...(lines.some((line) => line.startsWith("AuthorizedKeysFile"))
        ? []
        : [`AuthorizedKeysFile ${at("authorized_keys")}`]),
      "StrictModes no",
      ...(lines.some((line) => line.startsWith("UsePAM")) ? [] : ["UsePAM no"]),
      "UseDNS no",
      "PrintMotd no",
      "LogLevel VERBOSE",
      "MaxStartups 100",
      ...(lines.some((line) => line.startsWith("PermitRootLogin")) ? [] : ["PermitRootLogin prohibit-password"]),
      ...(lines.some((line) => line.startsWith("Subsystem")) ? [] : ["Subsystem sftp internal-sftp"]),
      ...lines.filter((line) => line !== "Subsystem none"),
      ""
    ].join("\n")
  )
  let pid = 0
  const accepts = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = net.connect(port, "127.0.0.1")
      socket.once("error", () => resolve(false))
      socket.once("data", () => {
        socket.destroy()
        resolve(true)
      })
    })
  const start = async (): Promise<void> => {
    const child = spawn(binary ?? "", ["-D", "-f", at("sshd_config"), "-E", at("sshd.log")], { stdio: "ignore" })
    pid = child.pid ?? 0
    for (let tries = 0; tries < 400; tries += 1) {
      if (await accepts()) return
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error(`sshd does not start: ${fs.readFileSync(at("sshd.log"), "utf8")}`)
  }
  const cut = (): void => {
    for (const each of descendants(pid)) if (isSshd(each)) kill(each)
  }
  await start()
  return {
    port,
    directory,
    known,
    options: {
      host: "127.0.0.1",
      port,
      username: user,
      keyFile: at("id"),
      knownHostsFile: known,
      agent: false,
      configFile: "none"
    },
    key: (name, type, passphrase) => {
      keygen(at(name), type, passphrase)
      return at(name)
    },
    authorize: (publicKey) => fs.appendFileSync(at("authorized_keys"), publicKey),
    log: () => fs.readFileSync(at("sshd.log"), "utf8"),
    start,
    cut,
    sessions: () => descendants(pid).filter(isSshd).length,
    kill: () => {
      const sessions = descendants(pid).filter(isSshd)
      kill(pid)
      for (const each of sessions) kill(each)
    },
    stop: () => {
      cut()
      kill(pid)
      fs.rmSync(directory, { recursive: true, force: true })
    }
  }
}

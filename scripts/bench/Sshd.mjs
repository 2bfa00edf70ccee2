/**
 * A real sshd on loopback with keys of its own, and OpenSSH's own tools that go there.
 */
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import * as net from "node:net"
import { userInfo } from "node:os"
import * as path from "node:path"

const binary = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/lib/ssh/sshd"].find((file) => existsSync(file))

const run = (program, ...args) => {
  const { error, status, stderr } = spawnSync(program, args, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" })
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? stderr}`)
}

/** The same without holding up the timers of this process. */
const runBeside = (program, ...args) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] })
    let errors = ""
    child.stderr.on("data", (bytes) => errors += bytes)
    child.once("error", reject)
    child.once("close", (code) => code === 0 ? resolve() : reject(new Error(`${program} ${args.join(" ")}: ${errors}`)))
  })

export const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

/** Whether something that greets listens on `port`. */
const greets = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1")
    socket.once("error", () => resolve(false))
    socket.once("data", () => resolve(socket.destroy() !== undefined))
  })

export const waitFor = async (port) => {
  for (let tries = 0; tries < 400; tries++) {
    if (await greets(port)) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`Nothing listens on port ${port}`)
}

/** What is missing for these measurements, if anything is. */
export const missing = () =>
  [
    ...(binary === undefined ? ["sshd"] : []),
    ...["ssh", "scp", "ssh-keygen", "unzip"].filter((name) =>
      spawnSync("sh", ["-c", `command -v ${name}`], { stdio: "ignore" }).status !== 0
    )
  ].join(", ")

/** `directory` is made, and holds all of it. */
export const start = async (directory) => {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const at = (name) => path.join(directory, name)
  const port = await freePort()
  for (const name of ["host", "id"]) run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", at(name))
  const [type, key] = readFileSync(at("host.pub"), "utf8").split(" ")
  if (process.getuid() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 })
  writeFileSync(
    at("sshd_config"),
    ["ListenAddress 127.0.0.1", `Port ${port}`, `HostKey ${at("host")}`, `PidFile ${at("pid")}`,
      `AuthorizedKeysFile ${at("id.pub")}`, "StrictModes no", "UsePAM no", "UseDNS no", "LogLevel VERBOSE",
      "PermitRootLogin prohibit-password", "Subsystem sftp internal-sftp", ""].join("\n")
  )
  const child = spawn(binary, ["-D", "-f", at("sshd_config"), "-E", at("log")], { stdio: "ignore" })
  process.once("exit", () => child.kill())
  await waitFor(port)
  const user = userInfo().username
  const options = ["-F", "none", "-i", at("id"), "-o", "BatchMode=yes", "-o", `UserKnownHostsFile=${at("known")}`]
  return {
    port,
    /** Makes the host known on another port too: that of a proxy before it. */
    know: (other) => writeFileSync(at("known"), `[127.0.0.1]:${other} ${type} ${key}\n`, { flag: "a" }),
    /** How many commands have been started. */
    commands: () => readFileSync(at("log"), "utf8").split("Starting session: command").length - 1,
    configuration: (through, remoteWorkDir) => ({
      clusterType: "ssh",
      clusterHost: "127.0.0.1",
      clusterPort: through,
      username: user,
      keyFile: at("id"),
      knownHostsFile: at("known"),
      sshConfigFile: "none",
      agent: false,
      remoteWorkDir
    }),
    scp: (through, from, to) =>
      runBeside("scp", "-q", ...options, "-P", String(through), from, `${user}@127.0.0.1:${to}`),
    ssh: (through, script) => runBeside("ssh", ...options, "-p", String(through), `${user}@127.0.0.1`, script),
    stop: () => child.kill()
  }
}

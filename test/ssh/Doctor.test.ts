/**
 * `clustrix doctor` on clusters that work, and on broken ones.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as path from "node:path"
import { makeWorkbench, type Workbench } from "../platform-node/cli/command.ts"
import * as Sshd from "./Sshd.ts"

let bench: Workbench
let sshd: Sshd.Sshd
const closing: Array<() => void> = []

const profile = (name: string, of: Sshd.Sshd, more: Readonly<Record<string, unknown>> = {}): string => {
  const settings = {
    cluster_type: "ssh",
    cluster_host: "127.0.0.1",
    cluster_port: of.port,
    username: Sshd.user,
    key_file: path.join(of.directory, "id"),
    known_hosts_file: of.known,
    ssh_config_file: "none",
    remote_work_dir: path.join(bench.directory, name),
    ...more
  }
  return `  ${name}:\n${
    Object.entries(settings).map(([key, value]) => `    ${key}: ${JSON.stringify(value)}\n`).join("")
  }`
}

beforeAll(async () => {
  if (Sshd.missing !== undefined) return
  bench = await makeWorkbench()
  closing.push(bench.remove)
  sshd = await Sshd.make()
  const noisy = path.join(sshd.directory, "noisy.sh")
  fs.writeFileSync(
    noisy,
    `case $SSH_ORIGINAL_COMMAND in internal-sftp*)
  for each in /usr/lib/openssh /usr/libexec/openssh /usr/lib/ssh /usr/libexec; do
    if [ -x "$each/sftp-server" ]; then exec "$each/sftp-server"; fi
  done
esac
echo Welcome to the machine
eval "$SSH_ORIGINAL_COMMAND"
`
  )
  const withoutSftp = await Sshd.make(["Subsystem none"])
  const loud = await Sshd.make([`ForceCommand /bin/sh ${noisy}`, "SetEnv npm_config_registry=http://127.0.0.1:1/"])
  closing.push(sshd.stop, withoutSftp.stop, loud.stop)
  const empty = path.join(bench.directory, "known_nobody")
  fs.writeFileSync(empty, "")
  const changed = path.join(bench.directory, "known_other")
  const other = fs.readFileSync(`${sshd.key("other_host")}.pub`, "utf8").split(" ").slice(0, 2).join(" ")
  fs.writeFileSync(changed, `[127.0.0.1]:${sshd.port} ${other}\n`)
  const occupied = path.join(bench.directory, "occupied")
  fs.writeFileSync(occupied, "a file")
  bench.write(
    "clustrix.yml",
    `agent: false
connect_timeout: 10
profiles:
  here:
    cluster_type: local
  nowhere:
    cluster_type: ssh
${profile("works", sshd)}${profile("port", sshd, { cluster_port: 1 })}${
      profile("name", sshd, { cluster_host: "no-such-host.invalid" })
    }${profile("stranger", sshd, { known_hosts_file: empty })}${
      profile("changed", sshd, { known_hosts_file: changed })
    }${profile("key", sshd, { key_file: sshd.key("unknown") })}${profile("sftp", withoutSftp)}${
      profile("directory", sshd, { remote_work_dir: path.join(occupied, "below") })
    }${profile("node", sshd, { remote_node_path: "/nonexistent/node" })}${
      profile("modules", sshd, { module_loads: ["no-such-module/1"] })
    }${profile("noisy", loud)}${profile("slurm", sshd, { cluster_type: "slurm" })}`
  )
})

afterAll(() => {
  for (const close of closing.reverse()) close()
})

interface Finding {
  readonly name: string
  readonly outcome: string
  readonly detail?: string
  readonly why?: string
  readonly remedy?: string
}

const examine = async (name: string) => {
  const { code, stderr, stdout } = await bench.run(["doctor", "--cluster", name, "--json"])
  assert.strictEqual(stderr, "")
  const { checks, works } = JSON.parse(stdout) as { checks: ReadonlyArray<Finding>; works: boolean }
  assert.strictEqual(works, code === 0)
  return { code, checks, of: (step: string) => checks.find((each) => each.name === step) }
}

/** That `step` is the one that fails, and nothing behind it was tried. */
const failsAt = async (name: string, step: string, expected: number, words: RegExp, remedy: RegExp): Promise<void> => {
  const { checks, code } = await examine(name)
  const failed = checks.findIndex(({ outcome }) => outcome === "failed")
  const finding = checks[failed]
  assert.deepStrictEqual([finding?.name, code], [step, expected], JSON.stringify(checks))
  assert.match(`${finding?.detail}\n${finding?.why}`, words)
  assert.match(finding?.remedy ?? "", remedy)
  for (const { outcome } of checks.slice(0, failed)) assert.include(["passed", "warned"], outcome)
  for (const { outcome } of checks.slice(failed + 1)) assert.strictEqual(outcome, "not-reached")
}

const steps = ["configuration", "network", "host-key", "authentication", "command", "sftp", "work-directory", "runtime",
  "registry", "clock", "process-group", "job"]

describe.skipIf(Sshd.missing !== undefined)("clustrix doctor", () => {
  it("finds nothing wrong with a cluster that works, and leaves nothing there", async () => {
    const { checks, code, of } = await examine("works")
    assert.strictEqual(code, 0, JSON.stringify(checks))
    assert.deepStrictEqual(checks.map(({ name }) => name), steps)
    assert.match(of("configuration")?.detail ?? "", /^profile works \(--cluster\): ssh on 127\.0\.0\.1$/)
    assert.match(of("host-key")?.detail ?? "", /^ssh-ed25519 SHA256:/)
    assert.include(of("authentication")?.detail, path.join(sshd.directory, "id"))
    assert.include(of("work-directory")?.detail, "(made now)")
    assert.include(of("runtime")?.detail, "v")
    const state = path.join(bench.directory, "works", ".clustrix")
    for (const folder of ["jobs", "packages"]) assert.deepStrictEqual(fs.readdirSync(path.join(state, folder)), [])
    assert.deepStrictEqual(fs.readdirSync(state).filter((name) => name.startsWith("doctor")), [])
    assert.isFalse(fs.existsSync(bench.packages))
  })

  it("prints a line for each step", async () => {
    const { code, stdout } = await bench.run(["doctor", "--cluster", "key"])
    assert.strictEqual(code, 5)
    assert.match(stdout, /^✓ Configuration +profile key/)
    assert.match(stdout, /\n✗ Login +\S+ does not accept who we are\n +Tried: key [^]* → [^]*ssh-setup/)
    assert.match(stdout, /\n· Commands +not reached\n/)
    assert.match(stdout, /\n· Tiny job +not reached\n\nThis cluster does not work yet\.\n$/)
  })

  it("looks at this machine too", async () => {
    const { checks, code } = await examine("here")
    assert.strictEqual(code, 0, JSON.stringify(checks))
    assert.deepStrictEqual(checks.map(({ name }) => name), [
      "configuration",
      "command",
      "work-directory",
      "runtime",
      "job"
    ])
  })

  it("begins with the configuration", async () => {
    const { code, stdout } = await bench.run(["doctor", "--cluster", "port"], { CLUSTRIX_CORES: "many" })
    assert.strictEqual(code, 2)
    assert.match(
      stdout,
      /^✗ Configuration {2}.*CLUSTRIX_CORES.*\n(?: .*\n)* +→ .*\n\nThis cluster does not work yet\.\n$/
    )
    const { checks } = await examine("nobody")
    assert.deepStrictEqual(checks.map(({ name, outcome }) => [name, outcome]), [["configuration", "failed"]])
    assert.match(checks[0]?.detail ?? "", /nobody/)
  })

  it("says at which step a way there ends", async () => {
    await failsAt("nowhere", "configuration", 2, /needs a host/, /cluster_host/)
    await failsAt("port", "network", 5, /Nothing listens on port 1\./, /cluster_port/)
    await failsAt("name", "network", 5, /no address for the name no-such-host\.invalid/, /cluster_host/)
    await failsAt("stranger", "host-key", 5, /is not known\n.*SHA256:/, /ssh-setup --accept-new-host-key/)
    await failsAt("changed", "host-key", 5, /not the one that is known/, /ssh-keygen -R/)
    await failsAt("key", "authentication", 5, /Tried: key /, /ssh-setup/)
  })

  it("says what a host lacks", async () => {
    await failsAt("sftp", "sftp", 5, /no access to files \(SFTP\)/, /administrator/)
    await failsAt("directory", "work-directory", 6, /below cannot be written\n.*Not a directory/i, /remote_work_dir/)
    await failsAt("node", "runtime", 5, /no Node\.js.*\n.*\/nonexistent\/node: not found/, /remote_node_path/)
    await failsAt("modules", "runtime", 5, /no-such-module\/1 cannot be loaded/, /module_loads/)
    await failsAt("slurm", "scheduler", 5, /Slurm/, /cluster_host|squeue/)
  })

  it("warns of what is in the way and does not stop jobs", async () => {
    const { code, of } = await examine("noisy")
    assert.strictEqual(of("command")?.outcome, "warned")
    assert.include(of("command")?.why, "Welcome to the machine")
    assert.strictEqual(of("registry")?.outcome, "warned")
    assert.include(of("registry")?.why, "http://127.0.0.1:1/ does not answer there (ECONNREFUSED)")
    assert.include(of("registry")?.remedy, "vendor")
    assert.strictEqual(code, 0)
  })
})

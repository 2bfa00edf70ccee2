/**
 * `npm run setup`: the programs outside npm that the tests talk to. What is missing is installed when this runs as root
 * on a system with apt; otherwise it is said, and with CI=true it is a failure.
 */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"

/** `probe` must exit with 0 (a name on PATH alone may be a shim with nothing behind it). */
const components = [
  { name: "git", probe: ["git", "--version"], apt: "git", for: "the checks over tracked files" },
  { name: "unzip", probe: ["unzip", "-v"], apt: "unzip", for: "checking packages with unzip -t" },
  { name: "bsdtar", probe: ["bsdtar", "--version"], apt: "libarchive-tools", for: "checking packages with bsdtar" },
  { name: "python3", probe: ["python3", "--version"], apt: "python3", for: "checking packages with zipfile" },
  { name: "sshd", found: "/usr/sbin/sshd", apt: "openssh-server", for: "everything over SSH" },
  { name: "chromium", probe: ["chromium", "--version"], apt: "chromium", for: "everything in a page" },
  { name: "firefox-esr", probe: ["firefox-esr", "--version"], apt: "firefox-esr", for: "the playground in Firefox" },
  { name: "ssh-agent", probe: ["ssh", "-V"], apt: "openssh-client", for: "keys of an agent, and comparing with scp" },
  { name: "slurm", found: "/usr/sbin/slurmctld", apt: "slurm-wlm", for: "everything under Slurm" },
  { name: "munge", found: "/usr/sbin/munged", apt: "munge", for: "everything under Slurm" },
  { name: "ip", found: "/sbin/ip", apt: "iproute2", for: "everything under Grid Engine" },
  {
    name: "gridengine",
    found: "/usr/lib/gridengine/sge_qmaster",
    apt: "gridengine-master",
    for: "everything under Grid Engine"
  },
  { name: "gridengine-exec", found: "/usr/lib/gridengine/sge_execd", apt: "gridengine-exec", for: "the same" },
  { name: "gridengine-client", found: "/usr/bin/qsub", apt: "gridengine-client", for: "the same" }
]

const run = (command, options) => spawnSync(command[0], command.slice(1), { stdio: "ignore", ...options })
// Some versions of sshd know no option that does nothing
const isMissing = ({ found, probe }) => found === undefined ? run(probe).status !== 0 : !existsSync(found)

const install = (missing) => {
  const options = {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  }
  const packages = missing.map((component) => component.apt)
  // Otherwise its packages make a cluster of this machine, and start it
  run(["debconf-set-selections"], {
    input: "gridengine-common shared/gridengineconfig boolean false\n",
    stdio: ["pipe", "ignore", "ignore"]
  })
  console.log(`setup: installing ${packages.join(", ")} with apt-get`)
  run(["apt-get", "update", "-q"], options)
  run(["apt-get", "install", "-y", "-q", "--no-install-recommends", ...packages], options)
}

let missing = components.filter(isMissing)
if (missing.length > 0 && process.getuid?.() === 0 && run(["apt-get", "--version"]).status === 0) {
  install(missing)
  missing = missing.filter(isMissing)
}
for (const component of missing) {
  console.error(
    `setup: MISSING ${component.name}, needed for ${component.for}. Install it (Debian: apt-get install ${component.apt}).`
  )
}
if (missing.length > 0 && process.env.CI === "true") process.exit(1)

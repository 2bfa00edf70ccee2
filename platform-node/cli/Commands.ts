/**
 * The commands: what they take, and where their code is.
 */
import type { Command, Option } from "./CommandLine.ts"

const json: Option = { name: "json", summary: "Print one JSON document on standard output, for machines." }

const reference = "FILE#NAME names the function: src/analysis.ts#main, src/a.ts#default, src/a.ts#Class.method, or a "
  + "position FILE:LINE[:COLUMN]."

const packaging: ReadonlyArray<Option> = [
  { name: "include", value: "GLOB", repeatable: true, summary: "Data files to add, relative to the package root." },
  {
    name: "dependencies",
    value: "HOW",
    choices: ["install", "vendor", "assume"],
    summary:
      "npm packages: installed there (install, the default), put into the ZIP (vendor), taken to be there (assume)."
  },
  {
    name: "keep",
    value: "NODE",
    repeatable: true,
    summary: "A statement that must go along: src/a.ts#name, src/a.ts:12."
  },
  { name: "drop", value: "NODE", repeatable: true, summary: "A statement that must stay out." },
  {
    name: "unknown-paths",
    value: "HOW",
    choices: ["report", "directory"],
    summary: "Paths only known at run time are reported (the default), or their whole directory goes along."
  },
  {
    name: "package-dir",
    value: "DIR",
    summary: "Where packages are written. Default: $CLUSTRIX_PACKAGE_DIR, or a cache."
  }
]

const calling: ReadonlyArray<Option> = [
  { name: "args", value: "JSON", summary: "The arguments, as a JSON array: '[1, \"two\"]'." },
  { name: "kwargs", value: "JSON", summary: "The options object, passed as the last argument: '{\"bins\": 5}'." }
]

const job = "JOB is the job's ID, a beginning or an end of it that no other job has, or `latest` for the newest one."

const nodeModules: Option = {
  name: "node-modules",
  value: "DIR",
  summary: "Where a ZIP's npm packages are. Default: the nearest node_modules."
}

const profile: Option = {
  name: "cluster",
  value: "NAME",
  summary: "The profile of the configuration to use. Default: the one that `profile` or $CLUSTRIX_PROFILE selects."
}

/** Whether a result that is known is taken again. */
const reusing: ReadonlyArray<Option> = [
  {
    name: "reuse",
    summary: "Take the result of the same call of the same package again, if there is one, and say so."
  },
  { name: "no-reuse", summary: "Run it, whatever the configuration says of `reuse`." }
]

/** What a job may use; it goes over what is configured. */
const cluster: ReadonlyArray<Option> = [
  profile,
  { name: "time", value: "LIMIT", summary: "End the job after this time: 90s, 15m, 01:30:00." },
  { name: "cores", value: "N", summary: "Processor cores of the job." },
  {
    name: "parallel",
    value: "HOW",
    choices: ["yes", "no"],
    summary: "Whether independent loops use all cores of the job. Default: no."
  },
  { name: "memory", value: "SIZE", summary: "Memory of the job: 8GB, 512M." },
  { name: "partition", value: "NAME", summary: "The partition that the job goes to." },
  { name: "queue", value: "NAME", summary: "The queue that the job goes to." },
  {
    name: "env",
    value: "NAME",
    repeatable: true,
    summary: "An environment variable that goes along, beside those that are configured."
  }
]

export const commands: ReadonlyArray<Command> = [
  {
    name: "package",
    summary: "Write a function and all that it needs into a ZIP.",
    usage: ["package FILE#NAME [OPTION]..."],
    positionals: { least: 1, most: 1 },
    options: [...calling, ...cluster, ...packaging, json],
    notes: [
      reference,
      "--json prints the PackageInfo.",
      "CLUSTRIX_DEBUG_PACKAGING=1 logs every decision on standard error."
    ],
    load: async () => (await import("./commands/package.ts")).main
  },
  {
    name: "run",
    summary: "Package a function, run it as a job, print what it returns.",
    usage: ["run FILE#NAME [OPTION]...", "run ZIP --invocation FILE [OPTION]..."],
    positionals: { least: 1, most: 1 },
    options: [
      ...calling,
      { name: "invocation", value: "FILE", summary: "Run this ZIP with this call of it, as `package` wrote them." },
      ...cluster,
      ...reusing,
      nodeModules,
      { name: "detach", summary: "Do not wait: print the job's ID. `clustrix attach` waits for it later." },
      { name: "explain", summary: "First show what went into the package and why." },
      ...packaging,
      json
    ],
    notes: [
      reference,
      "What the function prints appears while it runs; the value that it returns is printed last, on standard output.",
      "--json prints {\"jobId\", \"packageId\", \"value\"} alone on standard output; what the function prints goes to standard "
      + "error. A value that JSON cannot hold (a Map, a Date, NaN, ...) is given as \"valueText\" instead of \"value\".",
      "Ctrl-C cancels the job."
    ],
    load: async () => (await import("./commands/run.ts")).main
  },
  {
    name: "map",
    summary: "Call a function once for each input, as one job, and print the results as they come.",
    usage: ["map FILE#NAME --inputs FILE.jsonl [OPTION]...", "map --resume JOB [OPTION]..."],
    positionals: { least: 0, most: 1 },
    options: [
      {
        name: "inputs",
        value: "FILE",
        summary: "One JSON value on each line: the argument of one call. `-`: standard input."
      },
      {
        name: "chunk",
        value: "N",
        summary: "Calls that one element of the array makes, one after the other. Default: 1 for each thousand."
      },
      {
        name: "concurrency",
        value: "N",
        summary: "The most elements that run at once. Default: what the cluster allows."
      },
      { name: "retry", value: "N", summary: "How often a call that failed is made again. Default: 0." },
      { name: "ordered", summary: "Print results in the order of the inputs." },
      { name: "detach", summary: "Do not wait: print the job's ID." },
      { name: "resume", value: "JOB", summary: "Go on with a job: run what has no result, print all results." },
      ...cluster,
      ...reusing,
      ...packaging
    ],
    notes: [
      reference,
      job,
      "Each result is a line of JSON on standard output: {\"index\", \"value\"}, or {\"index\", \"error\"}; a value that JSON cannot "
      + "hold is given as \"valueText\". The exit code is 1 when a call failed.",
      "Ctrl-C leaves the job running."
    ],
    load: async () => (await import("./commands/map.ts")).main
  },
  {
    name: "deploy",
    summary: "Put a package where its jobs run, without running it.",
    usage: ["deploy FILE#NAME [OPTION]...", "deploy ZIP [OPTION]..."],
    positionals: { least: 1, most: 1 },
    options: [profile, nodeModules, ...packaging, json],
    notes: [reference, "What is there already is not sent again."],
    load: async () => (await import("./commands/deploy.ts")).main
  },
  {
    name: "jobs",
    summary: "List the jobs of a cluster, the newest at the end.",
    usage: ["jobs [OPTION]..."],
    positionals: { least: 0, most: 0 },
    options: [
      profile,
      {
        name: "state",
        value: "STATE",
        repeatable: true,
        summary: "Those in this state alone: running, failed,queued."
      },
      { name: "function", value: "NAME", repeatable: true, summary: "Those of this function alone." },
      { name: "last", value: "N", summary: "The newest N of them; no others are asked for." },
      { name: "follow", summary: "Show those that have not ended, until all have." },
      json
    ],
    notes: ["On a terminal, --follow draws a table; elsewhere a line for each change. Ctrl-C leaves the jobs running."],
    load: async () => (await import("./commands/jobs.ts")).main
  },
  {
    name: "status",
    summary: "Show what a job does, or how it ended.",
    usage: ["status JOB [OPTION]..."],
    positionals: { least: 1, most: 1 },
    options: [profile, json],
    notes: [job],
    load: async () => (await import("./commands/status.ts")).main
  },
  {
    name: "logs",
    summary: "Print what a job has printed.",
    usage: ["logs JOB [OPTION]..."],
    positionals: { least: 1, most: 1 },
    options: [
      profile,
      { name: "follow", summary: "Go on until the job ends." },
      { name: "tail", value: "N", summary: "Begin with the last N lines of each, instead of all." },
      { name: "task", value: "N", summary: "Of this task alone, for a job of `clustrix map`; counted from 0." }
    ],
    notes: [job, "Its standard output goes to standard output, its standard error to standard error, byte for byte."],
    load: async () => (await import("./commands/logs.ts")).main
  },
  {
    name: "attach",
    summary: "Wait for a job: what it prints from the beginning, then what it returns.",
    usage: ["attach JOB [OPTION]..."],
    positionals: { least: 1, most: 1 },
    options: [profile, json],
    notes: [job, "What is printed where is as with `run`. Ctrl-C leaves the job running."],
    load: async () => (await import("./commands/attach.ts")).main
  },
  {
    name: "cancel",
    summary: "End a job.",
    usage: ["cancel JOB [OPTION]..."],
    positionals: { least: 1, most: 1 },
    options: [profile, json],
    notes: [job, "A job that has ended already is fine."],
    load: async () => (await import("./commands/cancel.ts")).main
  },
  {
    name: "fetch",
    summary: "Bring the files here that a function left in its working directory.",
    usage: ["fetch JOB [GLOB]... [OPTION]..."],
    positionals: { least: 1, most: Infinity },
    options: [
      profile,
      { name: "to", value: "DIR", summary: "Where they are written. Default: the current directory." },
      { name: "force", summary: "Replace files that are here already." },
      json
    ],
    notes: [
      job,
      "GLOB is a pattern of paths below the working directory, quoted for the shell: '*.csv', 'plots/**'; a directory stands for "
      + "all that is in it. Default: every file. Packaged data files and other links are not fetched."
    ],
    load: async () => (await import("./commands/fetch.ts")).main
  },
  {
    name: "serve",
    summary: "Take packages and calls over HTTP, and run them on the cluster that is configured.",
    usage: ["serve [OPTION]..."],
    positionals: { least: 0, most: 0 },
    options: [
      {
        name: "host",
        value: "ADDRESS",
        summary: "Where to listen. Default: 127.0.0.1, which only this machine reaches."
      },
      { name: "port", value: "N", summary: "Default: 4747. 0: any that is free." },
      ...cluster.filter(({ name }) => name !== "env"),
      { name: "token-file", value: "FILE", summary: "The tokens of clients, one on each line." },
      { name: "allow-origin", value: "ORIGIN", repeatable: true, summary: "Pages that may ask: https://example.org." },
      { name: "max-package", value: "SIZE", summary: "The largest package that is taken. Default: 256M." },
      { name: "max-result", value: "SIZE", summary: "The largest result that is handed on. Default: 32M." },
      { name: "max-jobs", value: "N", summary: "The most jobs that have not ended. Default: 256." },
      { name: "rate", value: "N", summary: "The most requests of one address in a minute. Default: 1200." },
      { name: "private-jobs", summary: "Who has one token neither sees nor cancels the jobs of others." },
      { name: "tls-cert", value: "FILE", summary: "The certificate, with its chain, as PEM: then it speaks HTTPS." },
      { name: "tls-key", value: "FILE", summary: "The private key of the certificate, as PEM." },
      { name: "audit-log", value: "FILE", summary: "Where each request is a line of JSON. Default: standard error." },
      ...packaging.filter(({ name }) => name === "package-dir")
    ],
    notes: [
      "A token is needed unless ADDRESS is this machine's own: $CLUSTRIX_SERVE_TOKEN, or --token-file. `openssl rand -hex 32` makes "
      + "one.",
      "Calls may ask for less than the configured cores, memory and time, not for more. /docs shows the API.",
      "/healthz and /readyz tell whether it runs and can do its work; /metrics has numbers for Prometheus, for who has a token.",
      "Ctrl-C ends the server and no job; started again, it knows all of them."
    ],
    load: async () => (await import("./commands/serve.ts")).main
  },
  {
    name: "explain",
    summary: "Show why something is in the package of a function, or why not.",
    usage: ["explain FILE#NAME [WHAT] [OPTION]...", "explain FILE#NAME --loops [OPTION]..."],
    positionals: { least: 1, most: 2 },
    options: [
      { name: "loops", summary: "Which loops of it can use all cores of the job, and why the others cannot." },
      ...packaging.filter(({ name }) => name !== "package-dir"),
      json
    ],
    notes: [
      reference,
      "WHAT is a file (src/a.ts, or just a.ts), a declaration (src/a.ts#name, or just name), a statement (src/a.ts:12), "
      + "an npm package or a data file. Without it, everything is shown."
    ],
    load: async () => (await import("./commands/explain.ts")).main
  },
  {
    name: "inspect",
    summary: "Verify a package and show what it holds.",
    usage: ["inspect ZIP [OPTION]..."],
    positionals: { least: 1, most: 1 },
    options: [{ name: "file", value: "PATH", summary: "Print this file of the package, byte for byte." }, json],
    notes: [],
    load: async () => (await import("./commands/inspect.ts")).main
  },
  {
    name: "diff",
    summary: "Show what makes the IDs of two packages differ.",
    usage: ["diff ZIP ZIP [OPTION]..."],
    positionals: { least: 2, most: 2 },
    options: [json],
    notes: ["Exits with 0 when the packages are equal, with 1 when they differ."],
    load: async () => (await import("./commands/diff.ts")).main
  },
  {
    name: "clean",
    summary: "Remove old packages that no unfinished job needs, here or on a cluster.",
    usage: ["clean [OPTION]...", "clean --remote [OPTION]..."],
    positionals: { least: 0, most: 0 },
    options: [
      {
        name: "older-than",
        value: "AGE",
        summary: "What was not used for this long: 90s, 30m, 1h, 7d. Default: 1h; with --remote 7d."
      },
      {
        name: "remote",
        summary:
          "On the cluster: packages, their npm packages, uploads, and jobs that have ended, with all their files."
      },
      profile,
      { name: "dry-run", summary: "Only tell what would be removed." },
      { name: "package-dir", value: "DIR", summary: "Where packages are. Default: $CLUSTRIX_PACKAGE_DIR, or a cache." },
      json
    ],
    notes: [
      "A package can be made again at any time: the same code gives the same package.",
      "--remote leaves everything that was used within the last hour."
    ],
    load: async () => (await import("./commands/clean.ts")).main
  },
  {
    name: "config",
    summary: "Show the configuration of clusters, and where each value comes from.",
    usage: ["config show [OPTION]..."],
    positionals: { least: 1, most: 1 },
    options: [profile, json],
    notes: [
      "The configuration is in clustrix.yml, clustrix.yaml, clustrix.json or clustrix.toml: the nearest one from here "
      + "upwards, then the one in ~/.config/clustrix. Environment variables (CLUSTRIX_CLUSTER_HOST, ...) go over both.",
      "Passwords are shown as <redacted>."
    ],
    load: async () => (await import("./commands/config.ts")).main
  },
  {
    name: "doctor",
    summary: "Look step by step whether a cluster works, and say what is wrong.",
    usage: ["doctor [OPTION]..."],
    positionals: { least: 0, most: 0 },
    options: [profile, json],
    notes: [
      "✓ works, ! works but see the warning, ✗ does not work, · was not reached. The last step runs a tiny job and removes it.",
      "Exits with 0 when all works (warnings or not), with 2 when the configuration cannot be used, with 6 when remote_work_dir "
      + "cannot, with 5 when any other step fails."
    ],
    load: async () => (await import("./commands/doctor.ts")).main
  },
  {
    name: "ssh-setup",
    summary: "Make a key, and install it on a host with the password.",
    usage: ["ssh-setup [USER@]HOST[:PORT] [OPTION]...", "ssh-setup --cluster NAME [OPTION]..."],
    positionals: { least: 0, most: 1 },
    options: [
      profile,
      {
        name: "accept-new-host-key",
        summary: "Write the key of a host that is not known yet to known_hosts. A key that has changed is refused."
      }
    ],
    notes: [
      "The key is ~/.ssh/id_ed25519_clustrix, without a passphrase; one that is there already is used.",
      "The password is asked for on the terminal, or taken from $CLUSTRIX_PASSWORD; it is not kept.",
      "Standard output gets the lines for clustrix.yml.",
      "Exits with 5 when the host refuses, with 6 when the key cannot be written here."
    ],
    load: async () => (await import("./commands/sshSetup.ts")).main
  }
]

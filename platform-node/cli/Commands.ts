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

const profile: Option = {
  name: "cluster",
  value: "NAME",
  summary: "The profile of the configuration to use. Default: the one that `profile` or $CLUSTRIX_PROFILE selects."
}

/** What a job may use; it goes over what is configured. */
const cluster: ReadonlyArray<Option> = [
  profile,
  { name: "time", value: "LIMIT", summary: "End the job after this time: 90s, 15m, 01:30:00." },
  { name: "cores", value: "N", summary: "Processor cores of the job." },
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
    summary: "Package a function, run it as a job on this machine, print what it returns.",
    usage: ["run FILE#NAME [OPTION]...", "run ZIP --invocation FILE [OPTION]..."],
    positionals: { least: 1, most: 1 },
    options: [
      ...calling,
      { name: "invocation", value: "FILE", summary: "Run this ZIP with this call of it, as `package` wrote them." },
      ...cluster,
      {
        name: "node-modules",
        value: "DIR",
        summary: "Where a ZIP's npm packages are. Default: the nearest node_modules."
      },
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
    name: "explain",
    summary: "Show why something is in the package of a function, or why not.",
    usage: ["explain FILE#NAME [WHAT] [OPTION]..."],
    positionals: { least: 1, most: 2 },
    options: [...packaging.filter(({ name }) => name !== "package-dir"), json],
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
    summary: "Remove old packages that no unfinished job needs.",
    usage: ["clean [OPTION]..."],
    positionals: { least: 0, most: 0 },
    options: [
      {
        name: "older-than",
        value: "AGE",
        summary: "What was not written for this long: 90s, 30m, 1h, 7d. Default: 1h."
      },
      { name: "dry-run", summary: "Only tell what would be removed." },
      { name: "package-dir", value: "DIR", summary: "Where packages are. Default: $CLUSTRIX_PACKAGE_DIR, or a cache." },
      json
    ],
    notes: ["A package can be made again at any time: the same code gives the same package."],
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
  }
]

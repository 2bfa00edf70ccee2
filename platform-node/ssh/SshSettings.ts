/**
 * What the configuration files say about one host: ssh_config(5), evaluated as OpenSSH does. The first value of an option counts;
 * `Host` and `Match` choose, `Include` inserts, and `Match final` and host names that are made canonical read everything again.
 */
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Net from "node:net"
import * as Os from "node:os"
import * as IncludeFiles from "./IncludeFiles.ts"
import * as PatternList from "./PatternList.ts"
import * as Line from "./SshConfigLine.ts"
import * as SshOptionNames from "./SshOptionNames.ts"

/** One option as a file gives it. */
export interface Setting {
  /** In OpenSSH's spelling. */
  readonly name: string
  readonly words: ReadonlyArray<string>
  /** `FILE:LINE`. */
  readonly place: string
}

export interface Settings {
  /** The value that counts. */
  readonly get: (name: string) => Setting | undefined
  /** All values of an option that is a list over many lines. */
  readonly all: (name: string) => ReadonlyArray<Setting>
}

export interface Source {
  readonly file: string
  /** Relative names of `Include` start here. */
  readonly base: string
  /** Whether others may neither own nor write it. */
  readonly isPrivate: boolean
  /** Whether it is no error if it is not there. */
  readonly isOptional: boolean
}

export interface Question {
  /** As the person named it. */
  readonly host: string
  readonly username: string | undefined
  readonly localUser: string
  readonly home: string
}

const accumulating = new Set(["IdentityFile", "CertificateFile"])
const deepestInclude = 16
/** A number of words that each option takes, where it is not one. */
const manyWords = new Set(["UserKnownHostsFile", "GlobalKnownHostsFile", "CanonicalDomains", "RekeyLimit"])

const readText = ({ file, isOptional, isPrivate }: Source): string | undefined => {
  let handle: number
  try {
    handle = Fs.openSync(file, "r")
  } catch (cause) {
    if (isOptional && cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined
    throw cause
  }
  try {
    const { mode, uid } = Fs.fstatSync(handle)
    const own = process.getuid?.()
    if (isPrivate && own !== undefined && ((uid !== 0 && uid !== own) || (mode & 0o022) !== 0)) {
      throw new Error(`${file} may be written by others, or belongs to another user; OpenSSH refuses such a file too.`)
    }
    return Fs.readFileSync(handle, "utf8")
  } finally {
    Fs.closeSync(handle)
  }
}

/** `%h` and `%%`, all that a HostName may hold. */
export const expandHostName = (text: string, host: string): string =>
  text.replaceAll(/%(.?)/g, (token, sign: string) => {
    if (sign === "h") return host
    if (sign === "%") return "%"
    throw new Error(`HostName ${text} holds ${token}, which means nothing.`)
  })

class Reader {
  readonly #question: Question
  readonly #values = new Map<string, Setting>()
  readonly #lists = new Map<string, Array<Setting>>()
  #isFinal = false
  #wantsFinal = false
  /** What `Host` compares with: the canonical name in the second pass. */
  #host: string

  constructor(question: Question) {
    this.#question = question
    this.#host = question.host
    if (question.username !== undefined) {
      this.#values.set("User", { name: "User", words: [question.username], place: "the command" })
    }
  }

  read(sources: ReadonlyArray<Source>): Settings {
    this.#pass(sources)
    const canonicalize = this.#word("CanonicalizeHostname")?.toLowerCase() ?? "no"
    if (!["no", "false", "none"].includes(canonicalize)) this.#refuseCanonical()
    if (this.#wantsFinal || !["no", "false", "none"].includes(canonicalize)) {
      this.#isFinal = true
      const host = this.#target()
      this.#host = host.toLowerCase()
      // Decided: the second pass may choose by it, and not change it
      if (!this.#values.has("HostName")) {
        this.#values.set("HostName", {
          name: "HostName",
          words: [host.replaceAll("%", "%%")],
          place: "the host's name"
        })
      }
      this.#pass(sources)
    }
    return {
      get: (name) => this.#values.get(name),
      all: (name) => this.#lists.get(name) ?? []
    }
  }

  /** Names that OpenSSH would complete by asking the name service; others stay as they are. */
  #refuseCanonical(): void {
    const host = this.#target()
    const dots = Number(this.#word("CanonicalizeMaxDots") ?? "1")
    const domains = this.#values.get("CanonicalDomains")?.words.filter((word) => word.toLowerCase() !== "none") ?? []
    if (Net.isIP(host) !== 0 || host.split(".").length - 1 > dots || domains.length === 0) return
    throw new Error(
      `${
        this.#values.get("CanonicalizeHostname")?.place
      }: CanonicalizeHostname is not supported: name ${host} with its domain.`
    )
  }

  #word(name: string): string | undefined {
    return this.#values.get(name)?.words[0]
  }

  #target(): string {
    const { host } = this.#question
    const name = this.#word("HostName")
    return name === undefined ? host : expandHostName(name, host)
  }

  #pass(sources: ReadonlyArray<Source>): void {
    for (const source of sources) this.#file(source, true, 0)
  }

  /** `isActive`: whether the block that includes it applies. */
  #file(source: Source, isActive: boolean, depth: number): void {
    const text = readText(source)
    if (text === undefined) return
    let active = isActive
    for (const line of Line.linesOf(source.file, text)) {
      switch (line.keyword) {
        case "host":
          active = isActive && this.#hostMatches(line)
          break
        case "match":
          active = isActive && this.#criteriaMatch(line)
          break
        case "include":
          this.#include(line, source, active, depth)
          break
        default:
          if (active) this.#set(line)
      }
    }
  }

  #hostMatches(line: Line.Line): boolean {
    const patterns = this.#words(line)
    return !patterns.some((each) => each.startsWith("!") && PatternList.matchesPattern(each.slice(1), this.#host)) &&
      patterns.some((each) => !each.startsWith("!") && PatternList.matchesPattern(each, this.#host))
  }

  #criteriaMatch(line: Line.Line): boolean {
    const words = this.#words(line).flatMap((word) => {
      const equals = word.indexOf("=")
      return equals > 0 && /^!?[a-z]+$/i.test(word.slice(0, equals))
        ? [word.slice(0, equals), word.slice(equals + 1)]
        : [word]
    })
    let holds = true
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index] ?? ""
      const isNegated = word.startsWith("!")
      const name = word.slice(isNegated ? 1 : 0).toLowerCase()
      if (name === "all") {
        if (words.length > 1) throw new Error(`${Line.place(line)}: \`Match all\` has no other criteria.`)
        return !isNegated
      }
      if (name === "final" || name === "canonical") {
        if (name === "final") this.#wantsFinal = true
        if (this.#isFinal === isNegated) holds = false
        continue
      }
      index += 1
      const argument = words[index]
      if (argument === undefined || argument === "") {
        throw new Error(`${Line.place(line)}: the criterion ${name} needs a value.`)
      }
      if (this.#holds(name, argument, line, holds) === isNegated) holds = false
    }
    return holds
  }

  /** A command only runs while the criteria before it hold. */
  #holds(name: string, argument: string, line: Line.Line, isOpen: boolean): boolean {
    const { host, localUser } = this.#question
    const list = argument.split(",")
    const matchesHost = (each: string): boolean =>
      PatternList.matchesList(list.map((pattern) => pattern.toLowerCase()), each.toLowerCase())
    switch (name) {
      case "host":
        return matchesHost(this.#target())
      case "originalhost":
        return matchesHost(host)
      case "user":
        return PatternList.matchesList(list, this.#word("User") ?? localUser)
      case "localuser":
        return PatternList.matchesList(list, localUser)
      case "tagged":
        return PatternList.matchesList(list, this.#word("Tag") ?? "")
      case "exec":
        return isOpen && this.#run(argument, line)
      default:
        throw new Error(`${Line.place(line)}: the criterion ${name} of Match is not supported.`)
    }
  }

  #run(command: string, line: Line.Line): boolean {
    const { home, host, localUser } = this.#question
    const machine = Os.hostname()
    const tokens: Readonly<Record<string, string>> = {
      "%": "%",
      d: home,
      h: this.#target(),
      i: String(process.getuid?.() ?? ""),
      k: this.#word("HostKeyAlias") ?? host,
      L: machine.split(".", 1)[0] ?? machine,
      l: machine,
      n: host,
      p: this.#word("Port") ?? "22",
      r: this.#word("User") ?? localUser,
      u: localUser
    }
    const expanded = command.replaceAll(/%(.?)/g, (token, sign: string) => {
      const value = tokens[sign]
      if (value === undefined) {
        throw new Error(`${Line.place(line)}: \`Match exec\` holds ${token}, which is not known.`)
      }
      return value
    })
    const shell = process.env["SHELL"]
    return spawnSync(shell === undefined || shell === "" ? "/bin/sh" : shell, ["-c", expanded], {
      stdio: "ignore"
    }).status === 0
  }

  #include(line: Line.Line, source: Source, isActive: boolean, depth: number): void {
    if (depth >= deepestInclude) throw new Error(`${Line.place(line)}: files include each other too deeply.`)
    const { home } = this.#question
    for (const word of this.#words(line)) {
      const pattern = word === "~" || word.startsWith("~/") ? home + word.slice(1) : word
      for (const file of IncludeFiles.matching(pattern, source.base)) {
        this.#file({ file, base: source.base, isPrivate: true, isOptional: true }, isActive, depth + 1)
      }
    }
  }

  #words(line: Line.Line): ReadonlyArray<string> {
    const words = Line.words(line)
    if (words.length === 0) throw new Error(`${Line.place(line)}: there is nothing behind ${line.keyword}.`)
    return words
  }

  #set(line: Line.Line): void {
    const name = SshOptionNames.nameOf(line.keyword)
    if (name === undefined) {
      const unknown = this.#word("IgnoreUnknown")?.split(",") ?? []
      if (PatternList.matchesList(unknown.map((each) => each.toLowerCase()), line.keyword)) return
      throw new Error(
        `${Line.place(line)}: the option ${
          line.keyword.slice(0, 60)
        } is not known, and may restrict the connection; \`IgnoreUnknown\` names options that do not matter.`
      )
    }
    const words = this.#words(line)
    const setting: Setting = { name, words, place: Line.place(line) }
    if (SshOptionNames.isHonoured(name) && words.length > 1 && !manyWords.has(name)) {
      throw new Error(`${setting.place}: ${name} takes one value.`)
    }
    if (accumulating.has(name)) {
      const list = this.#lists.get(name) ?? []
      // A second pass reads every line again
      if (!list.some((known) => known.words[0] === words[0])) this.#lists.set(name, [...list, setting])
      return
    }
    // Of these two, the first counts and closes the other out
    if (name === "ProxyJump" && this.#values.has("ProxyCommand")) return
    if (name === "ProxyCommand" && this.#values.has("ProxyJump")) return
    if (!this.#values.has(name)) this.#values.set(name, setting)
  }
}

/** Throws an `Error` with a sentence for a person where a file cannot be read, or says what cannot be honoured. */
export const read = (question: Question, sources: ReadonlyArray<Source>): Settings => new Reader(question).read(sources)

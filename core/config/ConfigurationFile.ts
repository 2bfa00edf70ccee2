/**
 * A file of configuration: common keys, and those of named profiles. It is checked whole, whatever profile is selected.
 */
import * as Either from "effect/Either"
import * as SourceLocation from "../diagnostics/SourceLocation.ts"
import { ConfigurationError, fromProblems, invalidSyntax, type Problem } from "./ConfigurationError.ts"
import * as FileValue from "./FileValue.ts"
import * as JsonFile from "./JsonFile.ts"
import * as Settings from "./Settings.ts"
import type { Sourced } from "./Sourced.ts"
import * as TomlFile from "./TomlFile.ts"
import * as YamlFile from "./YamlFile.ts"

type Parse = (file: string, text: string) => Either.Either<FileValue.FileValue, ConfigurationError>

const parsers: ReadonlyMap<string, readonly [language: string, Parse]> = new Map([
  ["clustrix.yml", ["YAML", YamlFile.parse]],
  ["clustrix.yaml", ["YAML", YamlFile.parse]],
  ["clustrix.json", ["JSON", JsonFile.parse]],
  ["clustrix.toml", ["TOML", TomlFile.parse]]
])

/** What such a file is called. */
export const names: ReadonlyArray<string> = [...parsers.keys()]

/** Two files in one directory: neither is better than the other. `files` are as a person names them. */
export const severalFiles = (directory: string, files: ReadonlyArray<string>): ConfigurationError =>
  new ConfigurationError({
    reason: "SeveralFiles",
    what: `${directory} holds several files of configuration: ${files.join(" and ")}`,
    remedy: "Keep one of them."
  })

export interface ConfigurationText {
  /** As a person names the file. */
  readonly file: string
  readonly text: string
}

export interface ConfigurationFile {
  readonly file: string
  readonly profile: Sourced<string> | undefined
  /** What stands outside of profiles. */
  readonly common: Settings.Settings
  readonly profiles: ReadonlyMap<string, Settings.Settings>
}

/** Of a file: some ten times what anybody writes. The parsers make hundreds of bytes of each. */
export const mostBytes = 131_072

const parseText = (file: string, text: string): ReturnType<Parse> => {
  const name = file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1)
  const [language, parse] = parsers.get(name) ?? ["YAML", YamlFile.parse]
  const content = text.replace(/^\uFEFF/, "")
  if (content.length > mostBytes) {
    return Either.left(
      invalidSyntax(language, SourceLocation.fromOffset(file, "", 0), `It has more than ${mostBytes} bytes.`)
    )
  }
  try {
    return parse(file, content)
  } catch {
    // Such as a stack that is too small for it
    return Either.left(
      invalidSyntax(language, SourceLocation.fromOffset(file, content, 0), "It is too deeply nested, or too large.")
    )
  }
}

const problem = (reason: Problem["reason"], { location }: FileValue.Member, what: string, remedy: string): Problem => ({
  reason,
  what,
  location,
  remedy
})

/** Reads and checks a file. */
export const read = ({ file, text }: ConfigurationText): Either.Either<ConfigurationFile, ConfigurationError> =>
  Either.flatMap(parseText(file, text), (content) => {
    if (content._tag !== "Table" && !FileValue.isNothing(content)) {
      return Either.left(
        new ConfigurationError({
          reason: "InvalidValue",
          what: `${file} does not hold keys and values`,
          location: SourceLocation.fromOffset(file, text, 0),
          remedy: "Write one key and its value on each line, such as `cluster_type: slurm`."
        })
      )
    }
    const problems: Array<Problem> = []
    const settings = (members: ReadonlyArray<FileValue.Member>, profile?: string): Settings.Settings => {
      const checked = Settings.check(members.map(({ key, location, value }) => ({
        spelling: key,
        origin: { _tag: "File", location, profile },
        value: (wanted) => FileValue.plain(value, wanted)
      })))
      problems.push(...checked.problems)
      return { profile: undefined, values: checked.values }
    }

    const members = content._tag === "Table" ? content.members : []
    /** The one member `key`. */
    const special = (key: string): FileValue.Member | undefined => {
      const [first, second] = members.filter((member) => member.key === key)
      if (second !== undefined) {
        problems.push(problem("DuplicateKey", second, `\`${key}\` is given twice`, "Keep one of them."))
      }
      return first === undefined || FileValue.isNothing(first.value) ? undefined : first
    }

    let profile: Sourced<string> | undefined
    const selected = special("profile")
    if (selected?.value._tag === "Scalar" && typeof selected.value.value !== "boolean") {
      const { spelling, value } = selected.value
      profile = { value: spelling ?? String(value), origin: { _tag: "File", location: selected.location } }
    } else if (selected !== undefined) {
      problems.push(
        problem(
          "InvalidValue",
          selected,
          "The value of `profile` is not the name of a profile",
          "Name one of `profiles`."
        )
      )
    }

    const profiles = new Map<string, Settings.Settings>()
    const named = special("profiles")
    const shape = "Write the names of profiles, and below each of them its keys."
    if (named !== undefined && named.value._tag !== "Table") {
      problems.push(problem("InvalidValue", named, "The value of `profiles` is not a table of profiles", shape))
    }
    for (const member of named?.value._tag === "Table" ? named.value.members : []) {
      const { key, value } = member
      const name = JSON.stringify(Settings.shownName(key))
      if (profiles.has(key)) {
        problems.push(problem("DuplicateKey", member, `The profile ${name} is given twice`, "Keep one of them."))
      } else if (value._tag === "Table") profiles.set(key, settings(value.members, key))
      else if (FileValue.isNothing(value)) profiles.set(key, Settings.none)
      else problems.push(problem("InvalidValue", member, `The profile ${name} does not hold keys and values`, shape))
    }

    const common = settings(members.filter(({ key }) => key !== "profile" && key !== "profiles"))
    const error = fromProblems(problems)
    return error === undefined ? Either.right({ file, profile, common, profiles }) : Either.left(error)
  })

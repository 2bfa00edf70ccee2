/**
 * The keys of a configuration, as the Schema of `ClusterConfig` has them: how they are spelt, and what they hold.
 */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import * as ClusterConfig from "./ClusterConfig.ts"
import * as NearName from "../diagnostics/NearName.ts"

export type KeyName = keyof ClusterConfig.ClusterConfig

/** What a value can look like before it is checked. */
type Kind = "text" | "number" | "boolean" | "list"

export interface ConfigurationKey {
  /** `clusterHost`. */
  readonly name: KeyName
  /** `cluster_host`. */
  readonly snakeCase: string
  /** `CLUSTRIX_CLUSTER_HOST`. */
  readonly variable: string
  readonly kinds: ReadonlySet<Kind>
  /** The only texts that it takes, if there are such. */
  readonly choices: ReadonlyArray<string>
  /** What is held under this key, or why it cannot be. */
  readonly decode: (value: unknown) => Either.Either<unknown, string>
}

/** The types that `ast` decodes from. */
const encodedTypes = (ast: AST.AST): ReadonlyArray<AST.AST> =>
  AST.isUnion(ast)
    ? ast.types.flatMap(encodedTypes)
    : AST.isRefinement(ast) || AST.isTransformation(ast)
    ? encodedTypes(ast.from)
    : [ast]

const kindOf = (ast: AST.AST): Kind => {
  if (AST.isTupleType(ast)) return "list"
  if (AST.isNumberKeyword(ast)) return "number"
  return AST.isBooleanKeyword(ast) || (AST.isLiteral(ast) && typeof ast.literal === "boolean") ? "boolean" : "text"
}

/** The flaws of a value, without the value itself unless that is harmless: it may hold a secret in the wrong place. */
const flaws = (issue: ParseResult.ParseIssue, value: unknown): string => {
  const texts = ParseResult.ArrayFormatter.formatIssueSync(issue).map(({ message, path }) => {
    const expected = typeof value === "number" || typeof value === "boolean"
      ? message
      : message.replace(/, actual [\s\S]*$/, "")
    return path.length === 0 ? expected : `${expected} (number ${Number(path[0]) + 1} of the list)`
  })
  return [...new Set(texts)].join("\n")
}

const fromSignature = ({ name, type }: AST.PropertySignature): ConfigurationKey => {
  const own = AST.isUnion(type) ? AST.Union.make(type.types.filter((each) => !AST.isUndefinedKeyword(each))) : type
  const types = encodedTypes(own)
  const decode = ParseResult.decodeUnknownEither(Schema.make<unknown>(own), { errors: "all" })
  const choices = types.flatMap((each) => AST.isLiteral(each) && typeof each.literal === "string" ? [each.literal] : [])
  const snakeCase = String(name).replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return {
    // The names are those of the Schema, which `ClusterConfig` is the type of.
    name: String(name) as KeyName,
    snakeCase,
    variable: `CLUSTRIX_${snakeCase.toUpperCase()}`,
    kinds: new Set(types.map(kindOf)),
    choices,
    decode: (value) => {
      const plain = Redacted.isRedacted(value) ? Redacted.value(value) : value
      return Either.mapLeft(
        decode(plain),
        (issue) => choices.length === 0 ? flaws(issue, plain) : `Expected one of ${choices.join(", ")}`
      )
    }
  }
}

/** All keys, in the order of the Schema. */
export const keys: ReadonlyArray<ConfigurationKey> = AST.getPropertySignatures(ClusterConfig.ClusterConfig.ast)
  .map(fromSignature)

const spellings = new Map(keys.flatMap((key) => [[key.name as string, key], [key.snakeCase, key]]))

/** The key that is spelt so, in either way. */
export const bySpelling = (spelling: string): ConfigurationKey | undefined => spellings.get(spelling)

/** The key that was probably meant by `spelling`, spelt in the same way. The original's `default_cores` is our `cores`. */
export const near = (spelling: string): string | undefined => {
  const known = keys.map((key) => /[A-Z]/.test(spelling) ? key.name : key.snakeCase)
  const bare = spelling.replace(/^default(?:_|(?=[A-Z]))/i, "")
  return NearName.near(spelling, known)[0] ?? [bare, bare.toLowerCase()].find((each) => spellings.has(each))
}

/** A text, such as an environment variable holds, as the key wants it. Lists are separated by commas. */
export const fromText = ({ kinds }: ConfigurationKey, text: string): unknown => {
  const trimmed = text.trim()
  if (kinds.has("list")) return trimmed.split(",").map((item) => item.trim()).filter((item) => item !== "")
  if (kinds.has("number") && trimmed !== "" && Number.isFinite(Number(trimmed))) return Number(trimmed)
  if (kinds.has("boolean") && /^(?:true|false)$/i.test(trimmed)) return trimmed.toLowerCase() === "true"
  return text
}

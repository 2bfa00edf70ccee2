/**
 * A JSON module as a JavaScript module: runtimes of the floor load no JSON by `import`.
 */
import * as Schema from "effect/Schema"
import * as BoundedJson from "../archive/BoundedJson.ts"
import * as Explanation from "../diagnostics/Explanation.ts"
import { type JsonModule, locate } from "../modules/Module.ts"
import * as Effect from "effect/Effect"

/** A file imported as JSON that is none. */
export class JsonModuleError extends Schema.TaggedError<JsonModuleError>()("JsonModuleError", {
  path: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u
const reserved = new Set(
  ("arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally " +
    "for function if implements import in instanceof interface let new null package private protected public return static " +
    "super switch this throw true try typeof var void while with yield").split(" ")
)

/** The text of a value as an expression: JSON, but for `__proto__`, which in an object literal would set the prototype. */
const expression = (value: unknown): string =>
  JSON.stringify(value, null, 2)
    .replace(/^(\s*)"__proto__": /gm, "$1[\"__proto__\"]: ")
    .replace(/[\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)

export interface JsonForm {
  /** Keys that are identifiers are exports, too. */
  readonly named: boolean
  /** The name of the file beside the module that `require` reads: both are one object in Node. */
  readonly required: string | undefined
}

export const emitJson = (module: JsonModule, { named, required }: JsonForm): Effect.Effect<string, JsonModuleError> => {
  const excess = BoundedJson.excess(module.text, BoundedJson.file)
  if (excess !== undefined) {
    return new JsonModuleError({
      path: module.path,
      what: `${module.file} holds too much`,
      location: locate(module, 0),
      why: excess,
      remedy: "Read it as a data file instead of importing it."
    })
  }
  return Effect.try({
    try: (): unknown => JSON.parse(module.text),
    catch: (cause) => {
      const position = /position (\d+)/.exec(String(cause))?.[1]
      return new JsonModuleError({
        path: module.path,
        what: `${module.file} is not JSON`,
        location: locate(module, position === undefined ? 0 : Number(position)),
        why: cause instanceof Error ? cause.message : String(cause),
        remedy: "Correct the file; an imported JSON file has no comments or trailing commas."
      })
    }
  }).pipe(Effect.map((value) => {
    const keys = named && typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.keys(value).filter((key) => identifier.test(key) && !reserved.has(key))
      : []
    const lines = required === undefined ? [`const json = ${expression(value)};`] : [
      `import { createRequire } from "node:module";`,
      `const json = createRequire(import.meta.url)(${JSON.stringify(`./${required}`)});`
    ]
    lines.push("export default json;")
    if (keys.length > 0) {
      lines.push(`const { ${keys.map((key, index) => `${key}: export${index}`).join(", ")} } = json;`)
    }
    if (keys.length > 0) lines.push(`export { ${keys.map((key, index) => `export${index} as ${key}`).join(", ")} };`)
    return `${lines.join("\n")}\n`
  }))
}

/**
 * Random options of the formatters, but for those that change what a program means.
 */
import type * as prettier from "prettier"

/** The same numbers in every run (a linear congruential generator). */
const random = (seed: number): <A>(choices: ReadonlyArray<A>) => A => {
  let state = seed
  return (choices) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const choice = choices[Math.floor(state / 2 ** 32 * choices.length)]
    if (choice === undefined) throw new Error("nothing to choose from")
    return choice
  }
}

const either = [true, false]
const widths = [20, 40, 80, 120, 320]

/** Random options of Prettier; the same for the same seed. */
export const prettierOptions = (seed: number): prettier.Options => {
  const choose = random(seed)
  return {
    printWidth: choose(widths),
    tabWidth: choose([1, 2, 8]),
    useTabs: choose(either),
    semi: choose(either),
    singleQuote: choose(either),
    jsxSingleQuote: choose(either),
    quoteProps: choose(["as-needed", "consistent", "preserve"]),
    trailingComma: choose(["all", "es5", "none"]),
    bracketSpacing: choose(either),
    objectWrap: choose(["preserve", "collapse"]),
    bracketSameLine: choose(either),
    arrowParens: choose(["always", "avoid"]),
    experimentalTernaries: choose(either),
    experimentalOperatorPosition: choose(["start", "end"]),
    singleAttributePerLine: choose(either),
    endOfLine: "lf"
  }
}

/** Random options of dprint. */
export const dprintOptions = (seed: number): object => {
  const choose = random(seed)
  const semiColons = choose(["always", "prefer", "asi"])
  return {
    lineWidth: choose(widths),
    indentWidth: choose([1, 2, 8]),
    useTabs: choose(either),
    semiColons,
    quoteStyle: choose(["alwaysDouble", "alwaysSingle", "preferDouble", "preferSingle"]),
    "jsx.quoteStyle": choose(["preferDouble", "preferSingle"]),
    quoteProps: choose(["asNeeded", "consistent", "preserve"]),
    // dprint 0.96 writes `return "a" else {` with "asi" and without braces, and then cannot read it
    useBraces: semiColons === "asi" ? "always" : choose(["maintain", "whenNotSingleLine", "always", "preferNone"]),
    bracePosition: choose(["maintain", "sameLine", "nextLine", "sameLineUnlessHanging"]),
    singleBodyPosition: choose(["maintain", "sameLine", "nextLine"]),
    nextControlFlowPosition: choose(["maintain", "sameLine", "nextLine"]),
    operatorPosition: choose(["maintain", "sameLine", "nextLine"]),
    trailingCommas: choose(["never", "always", "onlyMultiLine"]),
    preferHanging: choose(either),
    preferSingleLine: choose(either),
    // dprint makes a space, which is rendered, of the line break after a text
    "jsxElement.preferSingleLine": false,
    "arrowFunction.useParentheses": choose(["force", "maintain", "preferNone"]),
    "jsx.multiLineParens": choose(["never", "prefer", "always"]),
    "module.sortImportDeclarations": choose(["maintain", "caseInsensitive"]),
    "importDeclaration.sortNamedImports": choose(["maintain", "caseSensitive", "caseInsensitive"]),
    "exportDeclaration.sortNamedExports": choose(["maintain", "caseSensitive", "caseInsensitive"])
  }
}

/** Random options of Biome. */
export const biomeOptions = (seed: number): object => {
  const choose = random(seed)
  return {
    formatter: {
      lineWidth: choose(widths),
      indentStyle: choose(["tab", "space"]),
      quoteStyle: choose(["double", "single"]),
      jsxQuoteStyle: choose(["double", "single"]),
      quoteProperties: choose(["asNeeded", "preserve"]),
      trailingCommas: choose(["all", "es5", "none"]),
      semicolons: choose(["always", "asNeeded"]),
      arrowParentheses: choose(["always", "asNeeded"]),
      bracketSpacing: choose(either),
      bracketSameLine: choose(either),
      attributePosition: choose(["auto", "multiline"]),
      expand: choose(["auto", "always", "never"]),
      operatorLinebreak: choose(["after", "before"])
    }
  }
}

/**
 * Syntax that is written in other syntax before SWC lowers the rest, because SWC lowers it wrongly.
 */
import type { LoweredSyntax } from "../LoweredSyntax.ts"
import type { TextRule } from "../TextRule.ts"
import { decorators } from "./Decorators.ts"
import { disposal } from "./Disposal.ts"
import { legacyClassNames } from "./LegacyClassNames.ts"
import { mergedEnums } from "./MergedEnums.ts"

/** The rules for a module with `syntax`. `legacy`: its decorators are those of `experimentalDecorators`. */
export const desugarings = ({ types }: LoweredSyntax, legacy: boolean): ReadonlyArray<TextRule> => [
  ...(types.has("UsingDeclaration") ? [disposal] : []),
  ...(types.has("AutoAccessor") || (types.has("Decorator") && !legacy) ? [decorators(legacy)] : []),
  ...(types.has("Decorator") && legacy ? [legacyClassNames()] : []),
  ...(types.has("TsEnumDeclaration") ? [mergedEnums] : [])
]

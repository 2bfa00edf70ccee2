/**
 * All rules by name, in the order in which they see a node.
 */
import type { Normalisation } from "../Normalisation.ts"
import { arrowBodies } from "./ArrowBodies.ts"
import { booleans } from "./Booleans.ts"
import { braces } from "./Braces.ts"
import { caseBodies } from "./CaseBodies.ts"
import { constantTemplates } from "./ConstantTemplates.ts"
import { emptyStatements } from "./EmptyStatements.ts"
import { exportDeclarations } from "./ExportDeclarations.ts"
import { importDeclarations } from "./ImportDeclarations.ts"
import { memberNames } from "./MemberNames.ts"
import { operandOrder } from "./OperandOrder.ts"
import { propertyKeys } from "./PropertyKeys.ts"
import { reexports } from "./Reexports.ts"
import { regexFlags } from "./RegexFlags.ts"
import { shorthandProperties } from "./ShorthandProperties.ts"
import { singleDeclarators } from "./SingleDeclarators.ts"
import { strictDirectives } from "./StrictDirectives.ts"

export const normalisations = {
  strictDirectives,
  importDeclarations,
  reexports,
  // Before the declarators: what is exported is split as what is not
  exportDeclarations,
  // Before what is done to lists of statements
  caseBodies,
  emptyStatements,
  singleDeclarators,
  braces,
  // Before the keys: a key that goes needs no other form
  shorthandProperties,
  propertyKeys,
  memberNames,
  regexFlags,
  constantTemplates,
  booleans,
  arrowBodies,
  operandOrder
} as const satisfies Readonly<Record<string, Normalisation>>

export type NormalisationName = keyof typeof normalisations

/** Rules to leave out (`false`), for tests that prove each to be needed. */
export type Switches = { readonly [Name in NormalisationName]?: boolean }

export const enabled = (switches: Switches): ReadonlyArray<Normalisation> =>
  // `Object.entries` forgets which keys there are
  (Object.entries(normalisations) as ReadonlyArray<readonly [NormalisationName, Normalisation]>)
    .flatMap(([name, rule]) => switches[name] === false ? [] : [rule])

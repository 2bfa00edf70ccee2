/**
 * Packages whose sources the packager is tried on. What is not imported from the entry names its file.
 */
import { acorn } from "./acorn.mjs"
import { compromise } from "./compromise.mjs"
import { d3Array } from "./d3-array.mjs"
import { dateFns } from "./date-fns.mjs"
import { effect } from "./effect.mjs"
import { immer } from "./immer.mjs"
import { jsep } from "./jsep.mjs"
import { lodash } from "./lodash.mjs"
import { markdownIt } from "./markdown-it.mjs"
import { underscore } from "./underscore.mjs"
import { valibot } from "./valibot.mjs"
import { zod } from "./zod.mjs"

export const corpora = [acorn, jsep, lodash, underscore, dateFns, d3Array, markdownIt, zod, compromise, immer, effect,
  valibot]

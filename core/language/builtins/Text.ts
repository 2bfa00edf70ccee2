/** Texts, numbers, symbols, dates and Intl. ECMA-262 2024, sections 20.3, 20.4, 21 and 22; ECMA-402. */
import { type Behaviour, fresh, from, holds, primitive, type Rules, type Table } from "./Behaviour.ts"

const tree = holds("result")
const locale = ["locale"]

/** Locales and options, at these arguments. */
const options = (...indices: ReadonlyArray<number>) => ({
  reads: indices.map((index) => `deep:${index}`),
  converts: indices.map((index) => `${index}[]`)
})

/** All regular expressions share `RegExp.$1` and its siblings. */
const searches = { reads: ["0"], converts: ["this", "0"], changesState: ["regexp"] } as const

/** A regular expression keeps where it was: `lastIndex`. */
const matches = { ...searches, mutates: ["0"] } as const

const text: Rules = {
  [
    `charAt charCodeAt codePointAt concat padEnd padStart repeat slice substr substring at normalize
    anchor fontcolor fontsize link`
  ]: primitive({ converts: ["this", "0+"] }),
  [
    `isWellFormed toLowerCase toUpperCase toWellFormed trim trimEnd trimLeft trimRight trimStart
    big blink bold fixed italics small strike sub sup`
  ]: primitive({ converts: ["this"] }),
  "indexOf lastIndexOf": primitive({ converts: ["this", "0", "1"] }),
  "endsWith includes startsWith": primitive({ reads: ["0"], converts: ["this", "0", "1"] }),
  localeCompare: primitive({
    ...options(1, 2),
    converts: ["this", "0", ...options(1, 2).converts],
    readsState: locale
  }),
  "toLocaleLowerCase toLocaleUpperCase": primitive({
    ...options(0),
    converts: ["this", ...options(0).converts],
    readsState: locale
  }),
  match: fresh({ ...matches, stores: tree, invokes: [["0", "Symbol.match"], ["0", "exec"]] }),
  matchAll: fresh({ ...searches, stores: tree, invokes: [["0", "Symbol.matchAll"], ["0", "constructor"]] }),
  "replace replaceAll": primitive({
    ...matches,
    converts: ["this", "0", "1", "call0"],
    // Texts and positions, then an object with the named groups.
    calls: [{ fn: "1", args: Array.from({ length: 24 }, (_, index) => index < 3 ? undefined : "fresh") }],
    invokes: [["0", "Symbol.replace"], ["0", "exec"]]
  }),
  search: primitive({ ...matches, invokes: [["0", "Symbol.search"], ["0", "exec"]] }),
  split: fresh({
    ...searches,
    converts: ["this", "0", "1"],
    invokes: [["0", "Symbol.split"], ["0", "constructor"], ["0", "exec"]]
  }),
  "toString valueOf": primitive({ reads: ["this"] }),
  "Symbol.iterator": fresh({ converts: ["this"] })
}

/** The receiver is the regular expression. */
const looks = { reads: ["this"], converts: ["0"], changesState: ["regexp"] } as const

const moves = { ...looks, mutates: ["this"] } as const

const exec = [["this", "exec"]] as const

const regexp: Rules = {
  exec: fresh({ ...moves, stores: tree }),
  test: primitive({ ...moves, invokes: exec }),
  "Symbol.search": primitive({ ...moves, invokes: exec }),
  "Symbol.match": fresh({ ...moves, stores: tree, invokes: exec }),
  "Symbol.matchAll": fresh({ ...looks, converts: ["this", "0"], stores: tree, invokes: [["this", "constructor"]] }),
  "Symbol.replace": primitive({
    ...moves,
    converts: ["0", "1", "call0"],
    calls: [{ fn: "1", args: Array.from({ length: 24 }, (_, index) => index < 3 ? undefined : "fresh") }],
    invokes: exec
  }),
  "Symbol.split": fresh({
    ...looks,
    converts: ["this", "0", "1"],
    invokes: [["this", "constructor"], ["this", "exec"]]
  }),
  compile: from("this", { mutates: ["this"], reads: ["0"], converts: ["0", "1"] }),
  toString: primitive({ reads: ["this"], converts: ["this[]"] })
}

/** `toLocaleString(locales, options)`. */
const localized = { ...options(0, 1), reads: ["this", "deep:0", "deep:1"] }

const local = ["timezone"]
const read = primitive({ reads: ["this"] })
const readLocal = primitive({ reads: ["this"], readsState: local })
const change: Behaviour = primitive({ reads: ["this"], mutates: ["this"], converts: ["0+"] })

const date: Rules = {
  [
    `getTime valueOf getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth
    getUTCSeconds toISOString toUTCString toGMTString`
  ]: read,
  [
    `getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getTimezoneOffset getYear toString
    toDateString toTimeString`
  ]: readLocal,
  toJSON: primitive({ reads: ["this"], converts: ["this"], invokes: [["this", "toISOString"]] }),
  "toLocaleString toLocaleDateString toLocaleTimeString": primitive({
    ...localized,
    readsState: ["locale", "timezone"]
  }),
  "Symbol.toPrimitive": primitive({ reads: ["this"], converts: ["this"], readsState: local }),
  [
    `setTime setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds`
  ]: change,
  "setDate setFullYear setHours setMilliseconds setMinutes setMonth setSeconds setYear": {
    ...change,
    readsState: local
  }
}

const number: Rules = {
  toString: primitive({ reads: ["this"], converts: ["0"] }),
  valueOf: read,
  toLocaleString: primitive({ ...localized, readsState: locale })
}

/** Of a number, a date (without one: now), a duration, or a list. */
const formats = {
  reads: ["this", "0"],
  converts: ["0", "1", "0[]"],
  iterates: ["0"],
  readsState: ["time"]
} as const

/** The methods of Intl's services, which look at what they are given only. */
const intl: Rules = {
  resolvedOptions: fresh({ reads: ["this"], stores: tree }),
  format: primitive(formats),
  formatToParts: fresh({ ...formats, stores: tree }),
  formatRange: primitive({ reads: ["this"], converts: ["0", "1"] }),
  formatRangeToParts: fresh({ stores: tree, reads: ["this"], converts: ["0", "1"] }),
  "select of": primitive({ reads: ["this"], converts: ["0"] }),
  "selectRange compare": primitive({ reads: ["this"], converts: ["0", "1"] }),
  "segment containing": fresh({ stores: tree, reads: ["this"], converts: ["0"] }),
  "Symbol.iterator": fresh({ stores: tree, reads: ["this"] }),
  "maximize minimize": fresh({ reads: ["this"] }),
  [
    "getCalendars getCollations getHourCycles getNumberingSystems getTextInfo getTimeZones getWeekInfo"
  ]: fresh({ reads: ["this"], stores: tree }),
  toString: read
}

/** The methods of these types. */
export const methods: Table = {
  String: text,
  RegExp: regexp,
  Number: { ...number, "toExponential toFixed toPrecision": primitive({ reads: ["this"], converts: ["0"] }) },
  BigInt: number,
  Boolean: { "toString valueOf": read },
  Symbol: { "toString valueOf Symbol.toPrimitive": read },
  Date: date,
  Intl: intl
}

/** The services of Intl. */
export const intlServices =
  "Collator DateTimeFormat DisplayNames DurationFormat ListFormat Locale NumberFormat PluralRules RelativeTimeFormat Segmenter"

const convertsAll = primitive({ converts: ["0+"] })

/** Functions, by namespace. `new String` and its siblings make an object, the call does not. */
export const functions: Table = {
  "": {
    "String Number BigInt Symbol": primitive({ converts: ["0"] }),
    Boolean: primitive(),
    RegExp: from("fresh 0", { reads: ["0"], converts: ["0", "1"] }),
    // Without arguments, or called without `new`, it is the time.
    Date: fresh({ reads: ["0"], converts: ["0+"], readsState: ["time", "timezone"] })
  },
  new: { "String Number": fresh({ converts: ["0"] }), Boolean: fresh() },
  String: {
    "fromCharCode fromCodePoint": convertsAll,
    raw: primitive({ reads: ["0", "0[]"], converts: ["0[][]", "1+"] })
  },
  Number: {
    "isFinite isInteger isNaN isSafeInteger": primitive(),
    parseFloat: primitive({ converts: ["0"] }),
    parseInt: primitive({ converts: ["0", "1"] })
  },
  BigInt: { "asIntN asUintN": primitive({ converts: ["0", "1"] }) },
  Symbol: { for: primitive({ converts: ["0"] }), keyFor: primitive() },
  Math: {
    [
      `abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround hypot imul log log10 log1p
      log2 max min pow round sign sin sinh sqrt tan tanh trunc f16round`
    ]: convertsAll,
    random: primitive({ readsState: ["random"] })
  },
  Date: {
    now: primitive({ readsState: ["time"] }),
    parse: primitive({ converts: ["0"], readsState: local }),
    UTC: convertsAll
  },
  Intl: {
    [intlServices.replace(" Locale", "")]: fresh({ ...options(0, 1), readsState: ["locale", "timezone"] }),
    Locale: fresh({ ...options(1), converts: ["0", "1[]"], readsState: ["locale"] }),
    getCanonicalLocales: fresh(options(0)),
    supportedValuesOf: fresh({ converts: ["0"] })
  },
  ...Object.fromEntries(
    intlServices.split(" ").filter((name) => name !== "Locale").map((
      name
    ) => [`Intl.${name}`, { supportedLocalesOf: fresh(options(0, 1)) }])
  )
}

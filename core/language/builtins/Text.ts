/** Texts, numbers, symbols, dates and Intl. ECMA-262 2024, sections 20.3, 20.4, 21 and 22; ECMA-402. */
import { type Behaviour, fresh, from, holds, primitive, type Rules, type Table } from "./Behaviour.ts"

const tree = holds("result")
const locale = ["locale"]

/** Locales and options. */
const options = (...indices: ReadonlyArray<number>) => ({ reads: indices.map((index) => `deep:${index}`) })

/** A regular expression keeps where it was (`lastIndex`), and all of them share `RegExp.$1` and its siblings. */
const searches = { reads: ["0"], mutates: ["0"], converts: ["this", "0"], changesState: ["regexp"] } as const

const text: Rules = {
  [
    `charAt charCodeAt codePointAt concat isWellFormed padEnd padStart repeat slice substr substring toLowerCase
    toUpperCase toWellFormed trim trimEnd trimLeft trimRight trimStart at normalize
    anchor big blink bold fixed fontcolor fontsize italics link small strike sub sup`
  ]: primitive({ converts: ["this", "0+"] }),
  "indexOf lastIndexOf": primitive({ converts: ["this", "0", "1"] }),
  "endsWith includes startsWith": primitive({ reads: ["0"], converts: ["this", "0", "1"] }),
  localeCompare: primitive({ ...options(1, 2), converts: ["this", "0"], readsState: locale }),
  "toLocaleLowerCase toLocaleUpperCase": primitive({ ...options(0), converts: ["this"], readsState: locale }),
  match: fresh({ ...searches, stores: tree, invokes: [["0", "Symbol.match"], ["0", "exec"]] }),
  matchAll: fresh({ ...searches, stores: tree, invokes: [["0", "Symbol.matchAll"], ["0", "constructor"]] }),
  "replace replaceAll": primitive({
    ...searches,
    converts: ["this", "0", "1", "call0"],
    // Texts and positions, then an object with the named groups.
    calls: [{ fn: "1", args: Array.from({ length: 24 }, (_, index) => index < 3 ? undefined : "fresh") }],
    invokes: [["0", "Symbol.replace"], ["0", "exec"]]
  }),
  search: primitive({ ...searches, invokes: [["0", "Symbol.search"], ["0", "exec"]] }),
  split: fresh({
    ...searches,
    converts: ["this", "0", "1"],
    invokes: [["0", "Symbol.split"], ["0", "constructor"], ["0", "exec"]]
  }),
  "toString valueOf": primitive({ reads: ["this"] }),
  "Symbol.iterator": fresh({ converts: ["this"] })
}

/** The receiver is the regular expression. */
const matches = { reads: ["this"], mutates: ["this"], converts: ["0"], changesState: ["regexp"] } as const

const exec = [["this", "exec"]] as const

const regexp: Rules = {
  exec: fresh({ ...matches, stores: tree }),
  "test Symbol.search": primitive({ ...matches, invokes: exec }),
  "Symbol.match": fresh({ ...matches, stores: tree, invokes: exec }),
  "Symbol.matchAll": fresh({ ...matches, stores: tree, invokes: [["this", "constructor"]] }),
  "Symbol.replace": primitive({
    ...matches,
    converts: ["0", "1", "call0"],
    calls: [{ fn: "1", args: Array.from({ length: 24 }, (_, index) => index < 3 ? undefined : "fresh") }],
    invokes: exec
  }),
  "Symbol.split": fresh({ ...matches, converts: ["0", "1"], invokes: [["this", "constructor"], ["this", "exec"]] }),
  compile: from("this", { mutates: ["this"], reads: ["0"], converts: ["0", "1"] }),
  toString: primitive({ reads: ["this"], converts: ["this[]"] })
}

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
    reads: ["this", "deep:0", "deep:1"],
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
  "toExponential toFixed toPrecision toString": primitive({ reads: ["this"], converts: ["0"] }),
  valueOf: read,
  toLocaleString: primitive({ reads: ["this", "deep:0", "deep:1"], readsState: locale })
}

/** The methods of Intl's services, which look at what they are given only. */
const intl: Rules = {
  resolvedOptions: fresh({ reads: ["this"], stores: tree }),
  "format formatRange": primitive({
    reads: ["this", "deep:0", "deep:1"],
    converts: ["0", "1", "0[]"],
    iterates: ["0"],
    readsState: ["time"]
  }),
  "formatToParts formatRangeToParts": fresh({
    stores: tree,
    reads: ["this", "deep:0", "deep:1"],
    converts: ["0", "1", "0[]"],
    iterates: ["0"],
    readsState: ["time"]
  }),
  "select selectRange compare of": primitive({ reads: ["this"], converts: ["0", "1"] }),
  "segment containing": fresh({ stores: tree, reads: ["this"], converts: ["0"] }),
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
  Number: number,
  BigInt: { ...number, "toExponential toFixed toPrecision toString": primitive({ reads: ["this"], converts: ["0"] }) },
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
    "parseFloat parseInt": primitive({ converts: ["0", "1"] })
  },
  BigInt: { "asIntN asUintN": primitive({ converts: ["0", "1"] }) },
  Symbol: { for: primitive({ converts: ["0"] }), keyFor: primitive() },
  Math: {
    [
      `abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround hypot imul log log10 log1p
      log2 max min pow round sign sin sinh sqrt tan tanh trunc`
    ]: convertsAll,
    random: primitive({ readsState: ["random"] })
  },
  Date: {
    now: primitive({ readsState: ["time"] }),
    parse: primitive({ converts: ["0"], readsState: local }),
    UTC: convertsAll
  },
  Intl: {
    [intlServices]: fresh({ ...options(0, 1), readsState: ["locale", "timezone"] }),
    getCanonicalLocales: fresh(options(0)),
    supportedValuesOf: fresh({ converts: ["0"] })
  },
  ...Object.fromEntries(
    intlServices.split(" ").map((name) => [`Intl.${name}`, { supportedLocalesOf: fresh(options(0, 1)) }])
  )
}

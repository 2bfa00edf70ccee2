/**
 * What the table says and no call can show: that it is there makes the table no less right.
 */

interface Unseen {
  readonly why: string
  readonly entries: RegExp
  readonly parts: RegExp
}

export const unseen: ReadonlyArray<Unseen> = [
  { why: "an object that the operation makes and nobody gave", entries: /./, parts: /<- (fresh|result)/ },
  { why: "weak collections do not say what they hold", entries: /^(Weak(Map|Set)|FinalizationRegistry)/, parts: /./ },
  {
    why: "iterators, generators, decoders, hashes and timers do not show how far they are",
    entries:
      /^(LibraryIterator|Iterator|Generator|AsyncGenerator|TextDecoder|StringDecoder|Hash|Cipher|Timeout|Promise)#/,
    parts: /^(mutates this|stores (this|result(\[\])?) <- (this\[\]|0))$/
  },
  {
    why: "a rejection that is handled, and one that comes of handling",
    entries: /^Promise#/,
    parts: /<- (invoke0\[\]|call0)/
  },
  { why: "a new object that inherits what it contains", entries: /^Object\.create$/, parts: /<- 0\[\]/ },
  {
    why: "a proxy is its target in all but identity",
    entries: /^Proxy/,
    parts: /^(result 0|stores (0 <- call0|result <- 0))/
  },
  { why: "the root is what the function returned", entries: /^JSON\.parse$/, parts: /call0/ },
  { why: "what is put in at every depth is seen at the first", entries: /^Array#flat$/, parts: /result\[\]\[\]/ },
  { why: "the elements' own method is asked first", entries: /^Array#toLocaleString$/, parts: /invoke0/ },
  { why: "`lastIndex` is put back", entries: /^String#search$/, parts: /mutates 0/ },
  { why: "a copy of the regular expression is asked", entries: /#(split|Symbol\.split)$/, parts: /exec$/ },
  { why: "a set-like is asked for what its size makes worthwhile", entries: /^Set#/, parts: /./ },
  { why: "a dropped iterator is closed", entries: /^Iterator#/, parts: /./ },
  { why: "durations and ranges of newer Node", entries: /^(Intl|Object\.groupBy|AbortSignal\.any)/, parts: /./ },
  {
    why: "the process and the signal are no values of the call",
    entries: /^(process\.|AbortController#abort)/,
    parts: /./
  },
  {
    why: "the same object twice",
    entries: /^(EventEmitter#(off|removeListener|emit)|EventTarget#dispatchEvent)$/,
    parts: /mutates this/
  },
  {
    why: "native code refuses, or ends the process",
    entries: /^(Blob|Buffer\.concat|Buffer\.copyBytesFrom)/,
    parts: /converts|invokes/
  },
  { why: "refused on newer Node only", entries: /^FormData#/, parts: /invokes/ },
  {
    why: "an event that was not dispatched, options that are kept",
    entries: /^(Event#composedPath|Hash#copy)$/,
    parts: /this\[\]/
  },
  {
    why: "bytes instead of a text, where an option asks for them",
    entries: /^(fs:realpathSync|Buffer#)/,
    parts: /result fresh/
  },
  { why: "options of options", entries: /^util:parseArgs$/, parts: /./ },
  { why: "it throws", entries: /^assert(\/|\.)?(strict)?:fail$/, parts: /result primitive/ },
  { why: "a message that is used where it fails", entries: /^assert/, parts: /converts 2|hasInstance/ }
]

export const isUnseen = (entry: string, part: string): boolean =>
  unseen.some(({ entries, parts }) => entries.test(entry) && parts.test(part))

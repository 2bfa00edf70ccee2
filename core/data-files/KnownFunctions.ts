/**
 * The functions that compute paths from paths, on values with unknown parts: `path.*`, `new URL`, `node:url`, `process.cwd`,
 * and the methods of texts. POSIX semantics, whatever the host.
 */
import * as Either from "effect/Either"
import * as PathText from "./PathText.ts"
import * as Value from "./Value.ts"

/** What a known function may ask of its place. */
export interface Site {
  readonly module: string
  readonly workingDirectory: string
  /** The reason for what stays unknown here. */
  readonly because: (text: string) => Value.Reason
}

type Arguments = ReadonlyArray<Value.Value>
type KnownFunction = (args: Arguments, site: Site) => Value.Value

const texts = (args: Arguments, site: Site): ReadonlyArray<Value.Text> =>
  args.map((arg) => Value.toText(arg, site.because("a part of the path is not a text")))

const reasonsOf = (list: ReadonlyArray<Value.Text>): ReadonlyArray<Value.Reason> =>
  list.flatMap(({ reasons }) => reasons)

/** A path's text after `change`; the anchor holds as long as the path is absolute. */
const changed = (self: Value.Text, text: string, site: Site): Value.Value =>
  self.anchor === undefined || PathText.isAbsolute(text)
    ? Value.text(text, self.anchor, PathText.hasHole(text) ? self.reasons : [])
    : Value.unknown(site.because("it depends on the directory that the project lies in"))

/** Lifts a function of one path over texts and `file:` URLs. */
const onPath = (change: (text: string) => string): KnownFunction => ([first], site) => {
  if (first === undefined) return Value.constant(undefined)
  if (first._tag === "Url") {
    const result = changed(first.path, change(first.path.text), site)
    return result._tag === "Text" ? Value.url(result) : result
  }
  const text = Value.toText(first, site.because("the path is not a text"))
  return changed(text, change(text.text), site)
}

const cwd = (site: Site): Value.Text => Value.text(site.workingDirectory, "working-directory")

const join: KnownFunction = (args, site) => {
  const [first] = args
  if (first?._tag === "Url") {
    const joined = join([first.path, ...args.slice(1)], site)
    return joined._tag === "Text" ? Value.url(joined) : joined
  }
  const parts = texts(args, site)
  const leading = parts.find(({ text }) => text !== "")
  const late = parts.find((part) => part !== leading && (part.anchor !== undefined))
  if (late !== undefined) return Value.unknown(site.because("an absolute path is joined to the end of another path"))
  const text = PathText.join(...parts.map((part) => part.text))
  return Value.text(text, leading?.anchor, PathText.hasHole(text) ? reasonsOf(parts) : [])
}

const resolve: KnownFunction = (args, site) => {
  const parts = texts(args, site)
  const start = parts.findLastIndex(({ text }) => PathText.isAbsolute(text))
  const relevant = (start === -1 ? [cwd(site), ...parts] : parts.slice(start)).filter(({ text }) => text !== "")
  const [first, second] = relevant
  if (first === undefined) return cwd(site)
  // What is unknown and stands first may itself be absolute.
  if (start === -1 && second !== undefined && second.text.startsWith(PathText.hole)) {
    return Value.text(relevant.slice(1).map(({ text }) => text).join("/"), undefined, reasonsOf(relevant))
  }
  const text = PathText.resolve(first.text, ...relevant.slice(1).map((part) => part.text))
  return Value.text(text, first.anchor, PathText.hasHole(text) ? reasonsOf(relevant) : [])
}

const plain = (self: Value.Value | undefined): Value.Text | undefined =>
  self?._tag === "Text" && !PathText.hasHole(self.text) ? self : undefined

const relative: KnownFunction = ([from, to], site) => {
  const start = plain(from)
  const end = plain(to)
  if (start === undefined || end === undefined) {
    return Value.unknown(site.because("a part of `path.relative` is not known"))
  }
  return Value.text(
    PathText.relative(
      PathText.resolve(site.workingDirectory, start.text),
      PathText.resolve(site.workingDirectory, end.text)
    )
  )
}

const basename: KnownFunction = ([first, suffix], site) => {
  if (first === undefined) return Value.constant(undefined)
  const text = first._tag === "Url" ? first.path : Value.toText(first, site.because("the path is not a text"))
  const base = PathText.basename(text.text, plain(suffix)?.text ?? "")
  return Value.text(base, undefined, PathText.hasHole(base) ? text.reasons : [])
}

const parse: KnownFunction = ([first], site) => {
  const text = first === undefined ? undefined : Value.toText(first, site.because("the path is not a text"))
  if (text === undefined) return Value.constant(undefined)
  const part = (value: Value.Value): Value.Thunk => () => [value]
  const base = PathText.basename(text.text)
  const extension = PathText.extname(text.text)
  const reasons = (piece: string): ReadonlyArray<Value.Reason> => PathText.hasHole(piece) ? text.reasons : []
  const name = PathText.basename(text.text, extension)
  return Value.object(
    new Map([
      ["root", part(Value.text(PathText.isAbsolute(text.text) ? "/" : ""))],
      ["dir", part(changed(text, text.text.includes("/") ? PathText.dirname(text.text) : "", site))],
      ["base", part(Value.text(base, undefined, reasons(base)))],
      ["name", part(Value.text(name, undefined, reasons(name)))],
      ["ext", part(Value.text(extension, undefined, reasons(extension)))]
    ])
  )
}

const format: KnownFunction = ([first], site) => {
  if (first?._tag !== "Object") return Value.unknown(site.because("the parts given to `path.format` are not known"))
  const field = (name: string): Value.Value | undefined => {
    const values = first.entries.get(name)?.() ?? []
    return values.length === 1 ? values[0]
      : values.length === 0 ? undefined : Value.unknown(site.because(`\`${name}\` may be several things`))
  }
  const directory = field("dir") ?? field("root")
  const base = field("base")
    ?? concat([field("name"), field("ext")].filter((value) => value !== undefined), site)
  return directory === undefined ? base : join([directory, base], site)
}

const scheme = /^([a-z][a-z0-9+.-]+):/i

const decoded = (text: string): string =>
  text.replace(
    /(?:%[0-9a-f]{2})+/gi,
    (escaped) => Either.getOrElse(Either.try(() => decodeURIComponent(escaped)), () => escaped)
  )

/** The path of a `file:` URL's text, without query and fragment. */
const urlPath = (text: string): string => decoded(text.replace(/[?#].*$/s, ""))

/** A text as the URL that it spells, if it spells one. */
export const spelledUrl = (self: Value.Text): Value.Value | undefined => {
  if (self.anchor !== undefined) return undefined
  const found = scheme.exec(self.text)
  if (found === null) return undefined
  return found[1]?.toLowerCase() === "file"
    ? Value.url(Value.text(urlPath(self.text.replace(/^file:(\/\/[^/]*)?/i, "")) || "/", undefined, self.reasons))
    : { _tag: "Remote", href: self.text }
}

const newUrl: KnownFunction = ([input, base], site) => {
  if (input === undefined) return Value.constant(undefined)
  if (input._tag === "Url" || input._tag === "Remote") return input
  const text = Value.toText(input, site.because("the URL is not a text"))
  const spelled = spelledUrl(text)
  if (spelled !== undefined) return spelled
  if (base === undefined) return Value.unknown(site.because("the URL has no base"))
  const from = base._tag === "Text" ? spelledUrl(base) ?? base : base
  if (from._tag === "Remote") return { _tag: "Remote", href: `${from.href} ${text.text}` }
  if (from._tag !== "Url") {
    return Value.unknown(from._tag === "Unknown" ? from.reason : site.because("the base of the URL is not known"))
  }
  // An unknown URL may be of any scheme.
  if (text.text.startsWith(PathText.hole)) return Value.text(text.text, undefined, text.reasons)
  const path = urlPath(text.text)
  if (path === "") return from
  if (PathText.isAbsolute(path)) return Value.url(Value.text(PathText.normalize(path), undefined, text.reasons))
  const directory = from.path.text.endsWith("/") ? from.path.text : PathText.dirname(from.path.text)
  const trailing = path.endsWith("/") || path === "." || path === ".." || path.endsWith("/..") || path.endsWith("/.")
  const resolved = PathText.resolve(directory, path)
  return Value.url(
    Value.text(trailing && resolved !== "/" ? `${resolved}/` : resolved, from.path.anchor, [
      ...from.path.reasons,
      ...text.reasons
    ])
  )
}

const fileURLToPath: KnownFunction = ([first], site) => {
  if (first?._tag === "Url") return first.path
  if (first?._tag === "Text") {
    const spelled = spelledUrl(first)
    if (spelled?._tag === "Url") return spelled.path
    return first
  }
  return first ?? Value.unknown(site.because("`fileURLToPath` is given nothing"))
}

const pathToFileURL: KnownFunction = (args, site) => {
  const path = resolve(args, site)
  if (path._tag !== "Text") return path
  const [given] = args
  // The slash that says that it is a directory stays
  const isDirectory = given?._tag === "Text" && given.text.endsWith("/") && !path.text.endsWith("/")
  return Value.url(isDirectory ? Value.text(`${path.text}/`, path.anchor, path.reasons) : path)
}

/** The texts one after another, as `+` and templates do. */
export const concat = (args: Arguments, site: Site): Value.Value => {
  const parts = args.filter((arg) => !(arg._tag === "Text" && arg.text === ""))
  const [first, ...rest] = parts
  if (first === undefined) return Value.text("")
  if (rest.length === 0 && (first._tag === "Url" || first._tag === "Remote")) return first
  if (first._tag === "Text" && /^file:(\/\/)?$/.test(first.text)) {
    const path = concat(rest, site)
    return path._tag === "Text" ? Value.url(path) : path
  }
  if (first._tag === "Url") {
    const path = concat([first.path, ...rest], site)
    return path._tag === "Text" ? Value.url(path) : path
  }
  const pieces = texts(parts, site).map((piece, index) =>
    index > 0 && piece.anchor !== undefined
      ? Value.text(PathText.hole, undefined, [site.because("an absolute path stands inside another text")])
      : piece
  )
  const text = pieces.map((piece) => piece.text).join("")
  return Value.text(text, pieces[0]?.anchor, reasonsOf(pieces))
}

/** A file inside an installed package: `require.resolve("name/file")`. */
export const packageFile = (specifier: string): Value.Text => Value.text(`/${specifier}`, "package")

/** `require.resolve` and `import.meta.resolve` as seen from `from`, the path of a module, or of a directory if it ends in a slash. */
export const resolveFrom = (from: Value.Text, specifier: Value.Value, site: Site): Value.Value => {
  const text = Value.toText(specifier, site.because("the name of the module is not a text"))
  if (text.text.startsWith(PathText.hole)) return text
  const spelled = spelledUrl(text)
  if (spelled !== undefined) return spelled._tag === "Url" ? spelled.path : spelled
  if (PathText.isAbsolute(text.text)) return text
  if (!/^\.{1,2}(\/|$)/.test(text.text)) return packageFile(text.text)
  const path = PathText.resolve(from.text.endsWith("/") ? from.text : PathText.dirname(from.text), text.text)
  return Value.text(path, from.anchor, text.reasons)
}

const first: KnownFunction = ([value]) => value ?? Value.constant(undefined)

const machine = (name: string): KnownFunction => () => Value.text(`/${name}()`, "machine")

const moduleUrl = (site: Site): Value.Value => Value.url(Value.text(site.module, "module"))

const table: Readonly<Record<string, KnownFunction>> = {
  "node:path.join": join,
  "node:path.resolve": resolve,
  "node:path.dirname": onPath(PathText.dirname),
  "node:path.normalize": onPath(PathText.normalize),
  "node:path.toNamespacedPath": first,
  "node:path.basename": basename,
  "node:path.extname": ([value], site) => {
    const text = value === undefined ? undefined : Value.toText(value, site.because("the path is not a text"))
    return text === undefined || (PathText.hasHole(text.text) && PathText.extname(text.text) === "")
      ? Value.unknown(site.because("the extension is not known"))
      : Value.text(PathText.extname(text.text))
  },
  "node:path.relative": relative,
  "node:path.parse": parse,
  "node:path.format": format,
  "node:url.fileURLToPath": fileURLToPath,
  "node:url.pathToFileURL": pathToFileURL,
  "Bun.fileURLToPath": fileURLToPath,
  "Bun.pathToFileURL": pathToFileURL,
  "process.cwd": (_args, site) => cwd(site),
  "Deno.cwd": (_args, site) => cwd(site),
  "node:os.homedir": machine("os.homedir"),
  "node:os.tmpdir": machine("os.tmpdir"),
  "node:fs.realpathSync": onPath((path) => path),
  "node:fs.realpathSync.native": onPath((path) => path),
  "node:fs.promises.realpath": onPath((path) => path),
  "node:util.promisify": first,
  "node:util.callbackify": first,
  "Object.freeze": first,
  "Object.seal": first,
  "Promise.resolve": first,
  "structuredClone": first,
  "String": first,
  "decodeURIComponent": ([value], site) => onPath(decoded)(value === undefined ? [] : [value], site),
  "decodeURI": ([value], site) => onPath(decoded)(value === undefined ? [] : [value], site),
  "String.raw": (_args, site) => Value.unknown(site.because("`String.raw` is called as a function"))
}

/** The function of that name, if it computes paths. */
export const lookup = (name: string): KnownFunction | undefined => Object.hasOwn(table, name) ? table[name] : undefined

const constructors: Readonly<Record<string, KnownFunction>> = {
  "URL": newUrl,
  "node:url.URL": newUrl,
  "Set": first,
  "Array": first
}

/** The constructor of that name, if what it makes is followed. */
export const constructor = (name: string): KnownFunction | undefined =>
  Object.hasOwn(constructors, name) ? constructors[name] : undefined

/** Members of known modules and globals that are values. */
export const constantMember = (name: string, site: Site): Value.Value | undefined => {
  switch (name) {
    case "node:path.sep":
      return Value.text("/")
    case "node:path.delimiter":
      return Value.text(":")
    case "__dirname":
    case "import.meta.dirname":
    case "import.meta.dir":
    case "module.path":
      return Value.text(PathText.dirname(site.module), "module")
    case "__filename":
    case "import.meta.filename":
    case "import.meta.path":
    case "module.filename":
    case "module.id":
      return Value.text(site.module, "module")
    case "import.meta.file":
      return Value.text(PathText.basename(site.module))
    case "import.meta.url":
      return moduleUrl(site)
    case "process.env":
      return Value.unknown(site.because("`process.env` is read when the function runs"))
    case "process.argv":
    case "process.execPath":
    case "process.platform":
    case "process.arch":
      return Value.unknown(site.because(`\`${name}\` is known only when the function runs`))
    default:
      return undefined
  }
}

/** Methods of texts. All arguments are known texts, numbers or regular expressions. */
const textMethods: Readonly<Record<string, (self: string, args: ReadonlyArray<string | number | RegExp>) => string>> = {
  trim: (self) => self.trim(),
  trimEnd: (self) => self.trimEnd(),
  trimStart: (self) => self.trimStart(),
  toLowerCase: (self) => self.toLowerCase(),
  toUpperCase: (self) => self.toUpperCase(),
  normalize: (self) => self.normalize(),
  replace: (self, [search, replacement]) =>
    search === undefined || typeof search === "number" ? self : self.replace(search, String(replacement)),
  replaceAll: (self, [search, replacement]) =>
    search === undefined || typeof search === "number" ? self : self.replaceAll(search, String(replacement)),
  slice: (self, [start, end]) => self.slice(Number(start ?? 0), end === undefined ? undefined : Number(end)),
  substring: (self, [start, end]) => self.substring(Number(start ?? 0), end === undefined ? undefined : Number(end)),
  padStart: (self, [length, fill]) => self.padStart(Number(length), fill === undefined ? undefined : String(fill)),
  padEnd: (self, [length, fill]) => self.padEnd(Number(length), fill === undefined ? undefined : String(fill))
}

const argument = (value: Value.Value): string | number | RegExp | undefined => {
  if (value._tag === "Regex") {
    return Either.getOrUndefined(Either.try(() => new RegExp(value.pattern, value.flags)))
  }
  if (value._tag === "Constant" && typeof value.value === "number") return value.value
  return plain(value)?.text
}

/** `self[name](...args)`. */
export const textMethod = (self: Value.Text, name: string, args: Arguments, site: Site): Value.Value => {
  if (name === "toString" || name === "valueOf") return self
  if (name === "concat") return concat([self, ...args], site)
  if (name === "split") {
    const separator = args[0] === undefined ? undefined : argument(args[0])
    if (typeof separator === "string" && !PathText.hasHole(self.text) && self.anchor === undefined) {
      return Value.array(self.text.split(separator).map((piece) => () => [Value.text(piece)]), true)
    }
  }
  const method = Object.hasOwn(textMethods, name) ? textMethods[name] : undefined
  const plainArguments = args.map(argument)
  if (method === undefined || PathText.hasHole(self.text) || plainArguments.includes(undefined)) {
    return Value.unknown(self.reasons[0] ?? site.because(`the result of \`.${name}()\` is not followed`))
  }
  // `replaceAll` throws for a regular expression without `g`, as it would when the program runs.
  const result = Either.try(() => method(self.text, plainArguments.filter((value) => value !== undefined)))
  return Either.isRight(result)
    ? changed(self, result.right, site)
    : Value.unknown(site.because(`\`.${name}()\` throws`))
}

/** A member of a URL. */
export const urlMember = (path: Value.Text, name: string, site: Site): Value.Value => {
  switch (name) {
    case "href":
      return Value.url(path)
    case "pathname":
      return path
    case "protocol":
      return Value.text("file:")
    default:
      return Value.unknown(site.because(`\`${name}\` of a URL is not followed`))
  }
}

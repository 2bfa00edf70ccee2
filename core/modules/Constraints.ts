/**
 * What a module's code does with values, as constraints: plain JSON, a function of the module's text alone. The solver
 * of `dataflow/` links the constraints of all modules of a program and solves them together.
 *
 * A *code* is a piece of code that runs as one: what an item runs when its module is evaluated, or the body of a
 * function. Variables are numbers; `none` stands for a value that holds no object. Lists are flat arrays of numbers, so
 * that a record of a large module is quick to read; fields are indices into {@link Constraints.fields}.
 */

export type Variable = number

/** A value without an object in it: a primitive. */
export const none = -1

/** What kind of object code makes, as bits. */
export const Kind = {
  /** An object literal, or a namespace of TypeScript. */
  object: 1,
  /** A value of the language's library: an array, a regular expression, a promise, an iterator. */
  library: 2,
  function: 4,
  /** Something that unknown code made, or knows. */
  unknown: 8,
  /** An instance, or a prototype. */
  instance: 16
} as const

/** Field names: `.name`, `#name` of a class's private names, `@name` of a well-known symbol, and these. */
export const Field = {
  /** Any field: the name is computed. */
  any: "*",
  /** Elements: of arrays, and what an iteration, a promise or a library container gives. */
  element: "[]",
  named: (name: string): string => isIndex(name) ? "[]" : `.${name}`,
  private: (name: string): string => `#${name}`,
  symbol: (name: string): string => `@${name}`,
  getter: (field: string): string => `get${field}`,
  setter: (field: string): string => `set${field}`,
  isAccessor: (field: string): boolean => field.startsWith("get") || field.startsWith("set")
} as const

/** Whether it is the text of a number, or that of nothing, which a variable for numbers holds at first. */
const isIndex = (name: string): boolean =>
  /^-?(?:0|[1-9]\d*)$/.test(name) || String(Number(name)) === name || name === "undefined"

/** Whether it is a field of the object itself that a computed name may mean. */
export const isOwnField = (field: string): boolean => {
  const first = field.charCodeAt(0)
  return first === 46 /* . */ || first === 91 /* [ */ || first === 64 /* @ */
}

/** A function as its callers see it. */
export interface FunctionShape {
  /** Index of the code that is its body. */
  readonly code: number
  readonly parameters: ReadonlyArray<Variable>
  /** The index from which on parameters are one (`...rest`), or -1. */
  readonly rest: number
  /** `arguments`, or `none`. */
  readonly args: Variable
  readonly result: Variable
  /** `this`, or `none`. */
  readonly self: Variable
  /** Whether `new` makes an instance of what `self` stands for. */
  readonly constructs: boolean
}

/** Bits of a call. */
export const CallFlag = {
  /** `new f()`. */
  constructs: 1,
  /** Nobody takes the result. */
  discarded: 2,
  /** The language makes the call: a conversion, an iteration. Only functions of the program matter. */
  implicit: 4,
  /** The callee is the receiver's field `method`; else it is a variable. */
  method: 8
} as const

/** A call as the walk writes it down; in a {@link Code} it is {@link callSize} numbers and its arguments. */
export interface Call {
  /** Where the callee is put, if it is a method; else where it is. */
  readonly callee: Variable
  readonly receiver: Variable
  readonly result: Variable
  /** Field index of a method, or -1. */
  readonly method: number
  /** {@link CallFlag}s. */
  readonly flags: number
  /** The index from which on arguments are spread, or -1. */
  readonly spread: number
  /** Field index of the second argument, if that is a constant name: what `Object.defineProperty` defines; or -1. */
  readonly key: number
  readonly args: ReadonlyArray<Variable>
}

/** How many numbers stand before the arguments of a call; the last of them is the number of arguments. */
export const callSize = 8

export interface Code {
  /** Index of the item that it is part of. */
  readonly item: number
  /** The code whose run makes the function, or -1. */
  readonly parent: number
  /** `[variable, kind, function index or -1]`: an object is made. */
  readonly makes: ReadonlyArray<number>
  /** `[to, from]` */
  readonly copies: ReadonlyArray<number>
  /** `[to, base, field]` */
  readonly loads: ReadonlyArray<number>
  /** `[base, field, from]` */
  readonly stores: ReadonlyArray<number>
  /** `[base, field]`: looked at without taking a value out (`length`, `in`, `for ... in`). */
  readonly reads: ReadonlyArray<number>
  /** `[to, from]`: what an iteration over `from` gives. */
  readonly iterations: ReadonlyArray<number>
  /** `[to, from]`: what waiting for `from` gives. */
  readonly awaits: ReadonlyArray<number>
  /** `[to, from]`: all own fields of `from` are put into `to`. */
  readonly spreads: ReadonlyArray<number>
  /** `[class, prototype, superclass]` */
  readonly inherits: ReadonlyArray<number>
  /** Converted to a primitive. */
  readonly converts: ReadonlyArray<Variable>
  /** `[callee, receiver, result, method, flags, spread, key, n, ...n arguments]`, as in {@link Call}. */
  readonly calls: ReadonlyArray<number>
  /** Variables that are given another value than their first. */
  readonly assigns: ReadonlyArray<Variable>
  /** Whether it throws by a statement of its own. */
  readonly throws: boolean
  /** Indices into {@link Constraints.requested}: modules that it loads when it runs. */
  readonly requires: ReadonlyArray<number>
}

export interface Constraints {
  /** For each variable the code that it belongs to, or -1 for one of the module. */
  readonly owners: ReadonlyArray<number>
  readonly fields: ReadonlyArray<string>
  readonly functions: ReadonlyArray<FunctionShape>
  readonly codes: ReadonlyArray<Code>
  /** Top-level bindings and imports. */
  readonly names: Readonly<Record<string, Variable>>
  /** Names that the module does not declare. */
  readonly globals: Readonly<Record<string, Variable>>
  /** `[variable, function index]`: bindings that hold one function for ever, if nothing assigns them. */
  readonly bound: ReadonlyArray<number>
  /** `[variable, specifier]`: what `import()` or `require` gives, of a constant or of {@link computedSpecifier}. */
  readonly requested: ReadonlyArray<readonly [Variable, string, "import" | "require"]>
  /** Of an item its own code. */
  readonly itemCodes: ReadonlyArray<number>
  /** `module.exports` of a CommonJS module, or `none`. */
  readonly moduleExports: Variable
}

/** The specifier of a `require` that is called with what the text does not say, or that is no call but a value. */
export const computedSpecifier = ""

/** Names of globals that stand for something that no program can name. */
export const Hidden = {
  /** What is thrown, anywhere. */
  thrown: "throw ",
  /** The prototypes of primitives: where a method of a string is looked up. */
  primitive: "primitive ",
  /** Unknown code that no name leads to. */
  unknown: "unknown ",
  /** The global object. */
  globalObject: "globalThis"
} as const

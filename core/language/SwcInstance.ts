/**
 * One instance of SWC's WebAssembly, without the singleton of `@swc/wasm-web`.
 *
 * `@swc/wasm-web/wasm.js` keeps its instance in a variable of the module and refuses a second one, while SWC never frees
 * what a parse took (4 kB for a module of 3 kB). The WASM's imports are therefore bound here, by the names that
 * `@swc/wasm-web` 1.16.18 gives them (wasm-bindgen appends a hash of each signature): an instance is then an object that
 * can be dropped. `test/platform-node/SourceParser.test.ts` compares the names with what the module asks for.
 */

/** What the parser service asks of SWC; options and results are SWC's own. */
export interface SwcInstance {
  readonly parse: (text: string, options: object) => unknown
  readonly transform: (text: string, options: object) => unknown
  /** Size of the linear memory: it only ever grows. */
  readonly memoryBytes: () => number
}

/** SWC (Rust) panicked or ran out of stack: the instance is of no further use. */
export class SwcFailure extends Error {
  override readonly name = "SwcFailure"
}

interface Exports {
  readonly memory: WebAssembly.Memory
  readonly parseSync: (result: number, text: number, options: number) => void
  readonly transformSync: (result: number, text: number, options: number, resolver: number) => void
  /** malloc, realloc, "throw this", free. */
  readonly __wbindgen_export_0: (size: number, align: number) => number
  readonly __wbindgen_export_1: (pointer: number, oldSize: number, newSize: number, align: number) => number
  readonly __wbindgen_export_2: (error: number) => void
  readonly __wbindgen_export_3: (pointer: number, size: number, align: number) => void
  readonly __wbindgen_add_to_stack_pointer: (by: number) => number
}

// Slots below this one hold the four constants that Rust knows by number, and are never freed
const reserved = 132

const property = (object: unknown, key: PropertyKey): unknown =>
  typeof object === "object" && object !== null || typeof object === "function" ? Reflect.get(object, key) : undefined

/** Strings shorter than this are decoded here: entering TextDecoder costs more than they do. */
const shortString = 24

class Glue {
  readonly #objects: Array<unknown> = Array.from({ length: 128 }, () => undefined)
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true })
  readonly #encoder = new TextEncoder()
  #free: number
  #exports: Exports | undefined
  #bytes = new Uint8Array()
  #view = new DataView(new ArrayBuffer(0))
  #constantsStart = 0
  #constantsEnd = 0
  readonly #constants = new Map<number, string>()
  /** What Rust last printed to the console: its panic message. */
  panic = ""

  constructor() {
    this.#objects.push(undefined, null, true, false)
    this.#free = this.#objects.length
  }

  attach(exports: Exports): void {
    this.#exports = exports
    // Rust's linker puts the stack first, then the constants; what is allocated comes from grown memory
    this.#constantsStart = exports.__wbindgen_add_to_stack_pointer(0)
    this.#constantsEnd = exports.memory.buffer.byteLength
  }

  get exports(): Exports {
    if (this.#exports === undefined) throw new SwcFailure("the WebAssembly of SWC ran before it was instantiated")
    return this.#exports
  }

  get view(): DataView {
    this.#refresh()
    return this.#view
  }

  get bytes(): Uint8Array {
    this.#refresh()
    return this.#bytes
  }

  /** Growing the memory detaches what looked into it, and leaves it without length. */
  #refresh(): void {
    if (this.#bytes.length > 0) return
    this.#bytes = new Uint8Array(this.exports.memory.buffer)
    this.#view = new DataView(this.exports.memory.buffer)
  }

  get(slot: number): unknown {
    return this.#objects[slot]
  }

  add(value: unknown): number {
    const slot = this.#free
    if (slot === this.#objects.length) {
      this.#objects.push(undefined)
      this.#free = slot + 1
    } // A free slot holds the number of the next free one
    else this.#free = Number(this.#objects[slot])
    this.#objects[slot] = value
    return slot
  }

  take(slot: number): unknown {
    const value = this.#objects[slot]
    if (slot >= reserved) {
      this.#objects[slot] = this.#free
      this.#free = slot
    }
    return value
  }

  text(pointer: number, length: number): string {
    const start = pointer >>> 0
    // The names of node types come again and again, from the constants of the program
    if (start < this.#constantsStart || start >= this.#constantsEnd) return this.#decode(start, length)
    const key = start * 0x1_0000 + length
    const known = this.#constants.get(key)
    if (known !== undefined) return known
    const text = this.#decode(start, length)
    this.#constants.set(key, text)
    return text
  }

  #decode(start: number, length: number): string {
    const bytes = this.bytes
    if (length < shortString) {
      let text = ""
      let index = 0
      for (; index < length; index += 1) {
        const byte = bytes[start + index] ?? 0
        if (byte > 0x7f) break
        text += String.fromCharCode(byte)
      }
      if (index === length) return text
    }
    return this.#decoder.decode(bytes.subarray(start, start + length))
  }

  /** Copies `text` into memory that Rust then owns, and writes pointer and length to `result`. */
  give(result: number, text: string | undefined): void {
    let pointer = 0
    let length = 0
    if (text !== undefined) {
      const room = text.length * 3
      pointer = this.exports.__wbindgen_export_0(room, 1) >>> 0
      length = this.#encoder.encodeInto(text, this.bytes.subarray(pointer, pointer + room)).written
      // Reallocating nothing is out of bounds
      if (length < room) pointer = this.exports.__wbindgen_export_1(pointer, room, length, 1) >>> 0
    }
    this.view.setInt32(result + 4, length, true)
    this.view.setInt32(result, pointer, true)
  }

  /** Calls `run`; what it throws is handed to Rust as the result of the call. */
  guard(run: () => number): number {
    try {
      return run()
    } catch (error) {
      this.exports.__wbindgen_export_2(this.add(error))
      return 0
    }
  }

  call(run: (exports: Exports, result: number) => void): unknown {
    const { exports } = this
    const result = exports.__wbindgen_add_to_stack_pointer(-16)
    try {
      run(exports, result)
      const value = this.view.getInt32(result, true)
      const error = this.view.getInt32(result + 4, true)
      if (this.view.getInt32(result + 8, true) !== 0) throw this.take(error)
      return this.take(value)
    } finally {
      exports.__wbindgen_add_to_stack_pointer(16)
    }
  }
}

/** The functions that the WASM imports; exported for the test that compares their names. */
export const imports = (glue: Glue): Record<string, (...args: ReadonlyArray<number>) => unknown> => {
  const unsupported = (what: string) => (): never => {
    throw new SwcFailure(`SWC asked for ${what}, which its synchronous functions do not need`)
  }
  const globalObject = (): number => glue.add(globalThis)
  const none = (): number => 0
  const table: Record<string, (a: number, b: number, c: number) => unknown> = {
    __wbg_String_8f0eb39a4a4c2f66: (result, slot) => glue.give(result, String(glue.get(slot))),
    __wbg_buffer_609cc3eee51ed158: (slot) => glue.add(property(glue.get(slot), "buffer")),
    __wbg_call_672a4d21634d4a24: (fn, self) =>
      glue.guard(() => glue.add(Reflect.apply(callable(glue.get(fn)), glue.get(self), []))),
    __wbg_call_7cccdd69e0791ae2: (fn, self, argument) =>
      glue.guard(() => glue.add(Reflect.apply(callable(glue.get(fn)), glue.get(self), [glue.get(argument)]))),
    __wbg_done_769e5ede4b31c67b: (slot) => property(glue.get(slot), "done"),
    __wbg_entries_3265d4158b33e5dc: (slot) => glue.add(Object.entries(Object(glue.get(slot)))),
    __wbg_error_7534b8e9a36f1ab4: (pointer, length) => {
      glue.panic = glue.text(pointer, length)
      if (pointer !== 0) glue.exports.__wbindgen_export_3(pointer, length, 1)
    },
    __wbg_getRandomValues_1c61fac11405ffdc: unsupported("random numbers"),
    __wbg_get_67b2ba62fc30de12: (slot, key) =>
      glue.guard(() => glue.add(Reflect.get(Object(glue.get(slot)), String(glue.get(key))))),
    __wbg_get_b9b93047fe3cf45b: (slot, index) => glue.add(property(glue.get(slot), index >>> 0)),
    __wbg_getwithrefkey_1dc361bd10053bfe: (slot, key) => glue.add(property(glue.get(slot), String(glue.get(key)))),
    __wbg_instanceof_ArrayBuffer_e14585432e3737fc: (slot) => glue.get(slot) instanceof ArrayBuffer,
    __wbg_instanceof_Map_f3469ce2244d2430: (slot) => glue.get(slot) instanceof Map,
    __wbg_instanceof_Uint8Array_17156bcf118086a9: (slot) => glue.get(slot) instanceof Uint8Array,
    __wbg_isArray_a1eab7e0d067391b: (slot) => Array.isArray(glue.get(slot)),
    __wbg_isSafeInteger_343e2beeeece1bb0: (slot) => Number.isSafeInteger(glue.get(slot)),
    __wbg_iterator_9a24c88df860dc65: () => glue.add(Symbol.iterator),
    __wbg_length_a446193dc22c12f8: (slot) => property(glue.get(slot), "length"),
    __wbg_length_e2d2a49132c1b256: (slot) => property(glue.get(slot), "length"),
    __wbg_new_23a2665fac83c611: unsupported("a promise"),
    __wbg_new_405e22f390576ce2: () => glue.add({}),
    __wbg_new_5e0be73521bc8c17: () => glue.add(new Map()),
    __wbg_new_78feb108b6472713: () => glue.add([]),
    __wbg_new_8a6f238a6ece86ea: () => glue.add(new Error()),
    __wbg_new_a12002a7f91c75be: (slot) => glue.add(new Uint8Array(bufferOf(glue.get(slot)))),
    __wbg_newnoargs_105ed471475aaf50: unsupported("a function made from text"),
    __wbg_next_25feadfc0913fea9: (slot) => glue.add(property(glue.get(slot), "next")),
    __wbg_next_6574e1a8a62d1055: (slot) =>
      glue.guard(() => {
        const iterator = glue.get(slot)
        return glue.add(Reflect.apply(callable(property(iterator, "next")), iterator, []))
      }),
    __wbg_queueMicrotask_97d92b4fcc8a61c5: unsupported("a microtask"),
    __wbg_queueMicrotask_d3219def82552485: unsupported("microtasks"),
    __wbg_resolve_4851785c9c5f573d: unsupported("a resolved promise"),
    __wbg_set_37837023f3d740e8: (array, index, value) => {
      Reflect.set(Object(glue.get(array)), index >>> 0, glue.take(value))
    },
    // Objects of the syntax tree, property by property: the one import that matters for speed
    __wbg_set_3f1d0b984ed272ed: (object, key, value) => {
      // Rust only sets properties of objects that it made with `new Object()`, and their keys are strings
      const target = glue.get(object) as Record<string, unknown>
      target[glue.take(key) as string] = glue.take(value)
    },
    __wbg_set_65595bdd868b3009: (array, source, offset) => {
      const target = glue.get(array)
      const bytes = glue.get(source)
      if (target instanceof Uint8Array && bytes instanceof Uint8Array) target.set(bytes, offset >>> 0)
    },
    __wbg_set_8fc6bf8a5b1071d1: (map, key, value) => {
      const target = glue.get(map)
      if (target instanceof Map) target.set(glue.get(key), glue.get(value))
      return glue.add(target)
    },
    __wbg_stack_0ed75d68575b0f3c: (result, slot) => glue.give(result, String(property(glue.get(slot), "stack"))),
    __wbg_static_accessor_GLOBAL_88a902d13a557d07: none,
    __wbg_static_accessor_GLOBAL_THIS_56578be7e9f832b0: globalObject,
    __wbg_static_accessor_SELF_37c5d418e4bf5819: none,
    __wbg_static_accessor_WINDOW_5de37043a91a9c40: none,
    __wbg_then_44b73946d2fb3e7d: unsupported("a promise"),
    __wbg_value_cd1ffa7b1ab794f1: (slot) => glue.add(property(glue.get(slot), "value")),
    __wbindgen_as_number: (slot) => Number(glue.get(slot)),
    // The two 64-bit ones arrive as bigint
    __wbindgen_bigint_from_i64: (value) => glue.add(value),
    __wbindgen_bigint_from_u64: (value) => glue.add(BigInt.asUintN(64, BigInt(value))),
    __wbindgen_bigint_get_as_i64: (result, slot) => {
      const value = glue.get(slot)
      glue.view.setBigInt64(result + 8, typeof value === "bigint" ? value : 0n, true)
      glue.view.setInt32(result, typeof value === "bigint" ? 1 : 0, true)
    },
    __wbindgen_boolean_get: (slot) => {
      const value = glue.get(slot)
      return typeof value === "boolean" ? (value ? 1 : 0) : 2
    },
    __wbindgen_cb_drop: unsupported("a callback"),
    __wbindgen_closure_wrapper16911: unsupported("a callback"),
    __wbindgen_debug_string: (result, slot) => glue.give(result, String(glue.get(slot))),
    __wbindgen_error_new: (pointer, length) => glue.add(new Error(glue.text(pointer, length))),
    __wbindgen_in: (key, slot) => Reflect.has(Object(glue.get(slot)), String(glue.get(key))),
    __wbindgen_is_bigint: (slot) => typeof glue.get(slot) === "bigint",
    __wbindgen_is_function: (slot) => typeof glue.get(slot) === "function",
    __wbindgen_is_null: (slot) => glue.get(slot) === null,
    __wbindgen_is_object: (slot) => typeof glue.get(slot) === "object" && glue.get(slot) !== null,
    __wbindgen_is_string: (slot) => typeof glue.get(slot) === "string",
    __wbindgen_is_undefined: (slot) => glue.get(slot) === undefined,
    __wbindgen_jsval_eq: (a, b) => glue.get(a) === glue.get(b),
    // Rust asks `== null` only
    __wbindgen_jsval_loose_eq: (a, b) => (glue.get(a) ?? null) === (glue.get(b) ?? null),
    __wbindgen_memory: () => glue.add(glue.exports.memory),
    __wbindgen_number_get: (result, slot) => {
      const value = glue.get(slot)
      glue.view.setFloat64(result + 8, typeof value === "number" ? value : 0, true)
      glue.view.setInt32(result, typeof value === "number" ? 1 : 0, true)
    },
    __wbindgen_number_new: (value) => glue.add(value),
    __wbindgen_object_clone_ref: (slot) => glue.add(glue.get(slot)),
    __wbindgen_object_drop_ref: (slot) => {
      glue.take(slot)
    },
    __wbindgen_string_get: (result, slot) => {
      const value = glue.get(slot)
      glue.give(result, typeof value === "string" ? value : undefined)
    },
    __wbindgen_string_new: (pointer, length) => glue.add(glue.text(pointer, length)),
    __wbindgen_throw: (pointer, length) => {
      throw new SwcFailure(glue.text(pointer, length))
    }
  }
  // WebAssembly calls each with as many numbers as its signature has
  return table as Record<string, (...args: ReadonlyArray<number>) => unknown>
}

const callable = (value: unknown): (this: unknown, ...args: ReadonlyArray<unknown>) => unknown => {
  if (typeof value !== "function") throw new TypeError("not a function")
  // What `Reflect.apply` does with it is checked by the line above
  return value as (this: unknown, ...args: ReadonlyArray<unknown>) => unknown
}

const bufferOf = (value: unknown): ArrayBuffer => value instanceof ArrayBuffer ? value : new ArrayBuffer(0)

/**
 * A fresh instance: 18 MB of linear memory and some 5 ms.
 * `parse` and `transform` throw SWC's own syntax errors (strings with a code frame), and {@link SwcFailure} when SWC itself
 * failed, after which the instance must be dropped.
 */
export const instantiate = (module: WebAssembly.Module): SwcInstance => {
  const glue = new Glue()
  const instance = new WebAssembly.Instance(module, { wbg: imports(glue) })
  // The exports of `@swc/wasm-web` 1.16.18, as its wasm.d.ts declares them
  const exports = instance.exports as unknown as Exports
  glue.attach(exports)
  const failing = (run: (exports: Exports, result: number) => void): unknown => {
    try {
      return glue.call(run)
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) {
        throw new SwcFailure(glue.panic === "" ? error.message : glue.panic)
      }
      if (error instanceof RangeError) throw new SwcFailure("the code is nested too deeply")
      throw error
    }
  }
  return {
    parse: (text, options) => failing((swc, result) => swc.parseSync(result, glue.add(text), glue.add(options))),
    transform: (text, options) =>
      failing((swc, result) => swc.transformSync(result, glue.add(text), glue.add(options), glue.add(undefined))),
    memoryBytes: () => exports.memory.buffer.byteLength
  }
}

/**
 * Collects the constraints of one module while a walk goes on.
 */
import { type Call, type Code, type Constraints, type FunctionShape, none, type Variable } from "./Constraints.ts"

/** A {@link Code} that is being written. */
interface OpenCode {
  readonly item: number
  readonly parent: number
  readonly makes: Array<number>
  readonly copies: Array<number>
  readonly loads: Array<number>
  readonly stores: Array<number>
  readonly reads: Array<number>
  readonly iterations: Array<number>
  readonly awaits: Array<number>
  readonly spreads: Array<number>
  readonly inherits: Array<number>
  readonly converts: Array<Variable>
  readonly calls: Array<number>
  readonly assigns: Array<Variable>
  readonly requires: Array<number>
  throws: boolean
}

/** A {@link FunctionShape} whose body is being walked. */
export interface OpenFunction extends FunctionShape {
  readonly parameters: Array<Variable>
  rest: number
  args: Variable
}

export class ConstraintWriter {
  readonly owners: Array<number> = []
  readonly functions: Array<OpenFunction> = []
  readonly codes: Array<OpenCode> = []
  readonly bound: Array<number> = []
  readonly requested: Array<readonly [Variable, string, "import" | "require"]> = []
  readonly itemCodes: Array<number> = []
  private readonly fieldIndices = new Map<string, number>()
  /** The code that is being written. */
  code = -1

  /** A new variable of the code that is being written, or of the module. */
  variable(owner: number = this.code): Variable {
    this.owners.push(owner)
    return this.owners.length - 1
  }

  open(item: number, parent: number): number {
    this.codes.push({
      item,
      parent,
      makes: [],
      copies: [],
      loads: [],
      stores: [],
      reads: [],
      iterations: [],
      awaits: [],
      spreads: [],
      inherits: [],
      converts: [],
      calls: [],
      assigns: [],
      requires: [],
      throws: false
    })
    return this.codes.length - 1
  }

  field(name: string): number {
    let index = this.fieldIndices.get(name)
    if (index === undefined) this.fieldIndices.set(name, index = this.fieldIndices.size)
    return index
  }

  get current(): OpenCode {
    const code = this.codes[this.code]
    if (code === undefined) throw new Error("no code is open")
    return code
  }

  make(variable: Variable, kind: number, fn = -1): Variable {
    this.current.makes.push(variable, kind, fn)
    return variable
  }

  copy(to: Variable, from: Variable): void {
    if (to !== none && from !== none && to !== from) this.current.copies.push(to, from)
  }

  load(base: Variable, field: string): Variable {
    if (base === none) return none
    const to = this.variable()
    this.current.loads.push(to, base, this.field(field))
    return to
  }

  store(base: Variable, field: string, from: Variable): void {
    if (base !== none) this.current.stores.push(base, this.field(field), from)
  }

  read(base: Variable, field: string): void {
    if (base !== none) this.current.reads.push(base, this.field(field))
  }

  iterate(from: Variable): Variable {
    if (from === none) return none
    const to = this.variable()
    this.current.iterations.push(to, from)
    return to
  }

  wait(from: Variable): Variable {
    if (from === none) return none
    const to = this.variable()
    this.current.awaits.push(to, from)
    return to
  }

  spread(to: Variable, from: Variable): void {
    if (to !== none && from !== none) this.current.spreads.push(to, from)
  }

  convert(variable: Variable): void {
    if (variable !== none) this.current.converts.push(variable)
  }

  call(call: Partial<Call> & Pick<Call, "callee">): Variable {
    const result = call.result ?? this.variable()
    const args = call.args ?? []
    this.current.calls.push(
      call.callee,
      call.receiver ?? none,
      result,
      call.method ?? -1,
      call.flags ?? 0,
      call.spread ?? -1,
      call.key ?? -1,
      args.length,
      ...args
    )
    return result
  }

  build(
    names: Readonly<Record<string, Variable>>,
    globals: Readonly<Record<string, Variable>>,
    moduleExports: Variable
  ): Constraints {
    return {
      owners: this.owners,
      fields: [...this.fieldIndices.keys()],
      functions: this.functions,
      codes: this.codes satisfies ReadonlyArray<Code>,
      names,
      globals,
      bound: this.bound,
      requested: this.requested,
      itemCodes: this.itemCodes,
      moduleExports
    }
  }
}

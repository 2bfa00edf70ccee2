/**
 * The other threads: a coordinator, which starts them and notices when one ends, and those that compute iterations.
 */
import * as path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { MessagePort, Worker } from "node:worker_threads"
import * as Carriage from "./Carriage.ts"
import { beatCell, beatMs, counterCell, firstEndedCell, type LoopSpec, overCell, type Reply, type Request, type Row,
  type ThreadData } from "./LoopMessages.ts"

const ring = (signal: Int32Array): void => {
  Atomics.add(signal, counterCell, 1)
  Atomics.notify(signal, counterCell)
}

/** Main threads that compute hear no events, so a coordinator hears them. */
export const coordinate = ({ ports, signal }: ThreadData): void => {
  const cells = new Int32Array(signal)
  const beat = (): void => void Atomics.add(cells, beatCell, 1)
  beat()
  setInterval(beat, beatMs)
  ports.forEach((port, index) => {
    const ended = (): void => {
      Atomics.store(cells, firstEndedCell + index, 1)
      ring(cells)
    }
    const workerData: ThreadData = { clustrixLoops: "thread", ports: [port], signal, index }
    try {
      const worker = new Worker(new URL(import.meta.url), {
        workerData,
        transferList: [port],
        // As much as the main thread has by default (984 KB), and what Node takes of it. Hardly less: what overflows here is
        // tried again there, if the iteration does not catch it
        resourceLimits: { stackSizeMb: 1.148 }
      })
      worker.on("exit", ended)
      // It ends then; an iteration that it leaves is done by the main thread
      worker.on("error", ended)
    } catch {
      // The system has no room for another thread: the main thread does its part
      ended()
    }
  })
}

type Body = (item: unknown, out: Array<Row>) => void | Promise<void>

interface Loop {
  readonly body: Body
  readonly numbered: Carriage.Numbered
  readonly item: (index: number) => unknown
  readonly strict: LoopSpec["strict"]
}

const isFunction = (value: unknown): value is (...args: ReadonlyArray<unknown>) => unknown =>
  typeof value === "function"

const prepare = async (request: Extract<Request, { readonly kind: "loop" }>): Promise<Loop> => {
  const { data, spec, start, step } = request
  const load = (file: string): Promise<Readonly<Record<string, unknown>>> =>
    import(pathToFileURL(path.join(path.dirname(fileURLToPath(import.meta.url)), file)).href)
  const numbered = Carriage.numberObjects(data, spec.stateful)
  for (const [index, file] of spec.sets.entries()) {
    const set = (await load(file))[spec.set]
    if (isFunction(set)) set(data.values[index])
  }
  const make = (await load(spec.plan))[spec.body]
  if (!isFunction(make)) throw new Error(`${spec.plan} has no ${spec.body}`)
  // What the module of bodies makes has this shape
  return {
    body: make(data.captured) as Body,
    numbered,
    item: spec.range ? (index) => start + index * step : (index) => data.items[index],
    strict: spec.strict
  }
}

const messageOf = (thrown: unknown): string => thrown instanceof Error ? thrown.message : String(thrown)

export const compute = ({ ports, signal }: ThreadData): void => {
  const cells = new Int32Array(signal)
  const [port] = ports
  if (!(port instanceof MessagePort)) return
  const loops = new Map<number, Promise<Loop>>()
  const chunk = async ({ from, id, to }: Extract<Request, { readonly kind: "chunk" }>): Promise<void> => {
    const began = performance.now()
    const steps: Array<Array<Row> | null> = []
    const patches: Array<Carriage.Patch> = []
    let why: string | undefined
    try {
      const loop = await loops.get(id)
      if (loop === undefined) throw new Error("the loop is not known here")
      for (let index = from; index < to && Atomics.load(cells, overCell) < id; index += 1) {
        const rows: Array<Row> = []
        const waits = loop.body(loop.item(index), rows)
        if (waits instanceof Promise) await waits
        for (const row of rows) {
          for (const cell of loop.strict[Number(row[0])] ?? []) {
            if (typeof row[cell] === "object" && row[cell] !== null) {
              throw new Carriage.NotCarried("an object in a place of an accumulator that is changed")
            }
          }
          for (let cell = 1; cell < row.length; cell += 1) {
            const value = row[cell]
            const type = typeof value
            if ((type === "object" && value !== null) || type === "function" || type === "symbol") {
              patches.push(...Carriage.detach(row, loop.numbered))
              break
            }
          }
        }
        steps.push(rows)
      }
    } catch (thrown) {
      why = messageOf(thrown)
      steps.push(null)
    }
    const reply: Reply = { id, from, steps, patches, ms: performance.now() - began, why }
    try {
      port.postMessage(reply)
    } catch (thrown) {
      // What is no plain data was refused before; should something be left, the main thread does it all
      port.postMessage({ id, from, steps: [null], patches: [], ms: reply.ms, why: messageOf(thrown) } satisfies Reply)
    }
    ring(cells)
  }
  let last: Promise<void> = Promise.resolve()
  port.on("message", (request: Request) => {
    if (request.kind === "loop") {
      for (const id of loops.keys()) if (id <= Atomics.load(cells, overCell)) loops.delete(id)
      const prepared = last.then(() => prepare(request))
      // Told with the first chunk
      prepared.catch(() => undefined)
      loops.set(request.id, prepared)
    } else last = last.then(() => chunk(request))
  })
}

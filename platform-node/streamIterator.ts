/**
 * A stream as an async iterator that keeps the language's promises, also to those who call it by hand: calls of `next` are answered
 * in turn, after the end too; `return` interrupts the stream, and answers whoever waits.
 */
import * as Stream from "effect/Stream"

export const streamIterator = <A>(stream: Stream.Stream<A, unknown>): AsyncIterator<A, undefined> => {
  const values = Stream.toAsyncIterable(stream)[Symbol.asyncIterator]()
  const over: IteratorReturnResult<undefined> = { done: true, value: undefined }
  let isOver = false
  let leave = (): void => undefined
  let last: Promise<unknown> = Promise.resolve()

  const take = (): Promise<IteratorResult<A, undefined>> =>
    isOver ? Promise.resolve(over) : new Promise((resolve, reject) => {
      leave = () => resolve(over)
      values.next().then((result) => {
        if (result.done === true) isOver = true
        resolve(result.done === true ? over : result)
      }, (error: unknown) => {
        isOver = true
        reject(error)
      })
    })

  return {
    next: () => {
      const answer = last.then(take)
      last = answer.catch(() => undefined)
      return answer
    },
    return: async () => {
      isOver = true
      try {
        await values.return?.()
      } finally {
        leave()
      }
      return over
    }
  }
}

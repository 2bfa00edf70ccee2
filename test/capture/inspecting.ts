/**
 * A function that holds values. It stands in a module of its own, for its program is analysed with it.
 */
import { describeValue } from "./describeValue.ts"
import { attempted } from "./objects.ts"

/** What can be found out about the values: how they look, and what their functions give. */
export const inspecting = (values: ReadonlyArray<object>) => () => [
  ...describeValue(values),
  ...values.flatMap((value) =>
    ["method", "read", "accessor", "secret", "name", "got"].map((key) =>
      attempted(() => {
        const held: unknown = Reflect.get(value, key)
        return JSON.stringify(describeValue(typeof held === "function" ? Reflect.apply(held, value, []) : held))
      })
    )
  )
]

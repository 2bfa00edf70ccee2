/**
 * Which values JSON holds as they are.
 */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Whether JSON holds exactly this value: no undefined, NaN, -0, hole, Date, Map, cycle, ... */
export const fitsJson = (root: unknown): boolean => {
  // Iterative, for values may be deeper than the stack. `open` are the objects around the one at hand.
  const open = new Set<unknown>()
  const stack: Array<{ readonly value: unknown; readonly leave: boolean }> = [{ value: root, leave: false }]
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    const { leave, value } = frame
    if (leave) {
      open.delete(value)
      continue
    }
    switch (typeof value) {
      case "string":
      case "boolean":
        continue
      case "number":
        if (!Number.isFinite(value) || Object.is(value, -0)) return false
        continue
      case "object":
        break
      default:
        return false
    }
    if (value === null) continue
    if (open.has(value)) return false
    const keys = Object.keys(value)
    const whole = Array.isArray(value) ? keys.length === value.length && keys.every((key, index) =>
      key === String(index)
    )
      : isPlain(value) && !keys.includes("toJSON")
    if (!whole) return false
    open.add(value)
    stack.push({ value, leave: true })
    for (const member of Object.values(value)) stack.push({ value: member, leave: false })
  }
  return true
}

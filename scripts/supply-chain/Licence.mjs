/**
 * SPDX licence expressions: `MIT`, `(MIT OR Apache-2.0) AND BSD-3-Clause`, `GPL-2.0 WITH Classpath-exception-2.0`.
 */

const tokensOf = (text) => text.replaceAll("(", " ( ").replaceAll(")", " ) ").split(" ").filter((word) => word !== "")

/** Whether the terms of some `isAllowed` licence may be chosen. What cannot be read is not allowed. */
export const allows = (expression, isAllowed) => {
  const tokens = tokensOf(expression)
  let at = 0
  const one = () => {
    const token = tokens[at++]
    if (token === "(") {
      const inner = either()
      return tokens[at++] === ")" && inner
    }
    if (tokens[at] !== "WITH") return token !== undefined && isAllowed(token)
    at += 2
    // An exception gives more rights, never fewer
    return isAllowed(token)
  }
  const all = () => {
    let holds = one()
    while (tokens[at] === "AND") {
      at += 1
      holds = one() && holds
    }
    return holds
  }
  const either = () => {
    let holds = all()
    while (tokens[at] === "OR") {
      at += 1
      holds = all() || holds
    }
    return holds
  }
  return either() && at === tokens.length
}

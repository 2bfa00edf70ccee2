/** Functions of a user, for the tests of what users call. */
export const double = (n: number): number => n * 2

export const scale = (n: number, options?: { readonly factor: number }): { readonly scaled: number } => ({
  scaled: n * (options?.factor ?? 1)
})

export const later = async (text: string): Promise<string> => {
  console.log(`got ${text}`)
  await Promise.resolve()
  console.error("and waited")
  return text.toUpperCase()
}

export const picky = (n: number): number => {
  if (n < 0) throw new RangeError(`${n} is below 0`)
  return Math.sqrt(n)
}

export const slow = async (seconds: number): Promise<string> => {
  for (let at = 0; at < seconds * 20; at += 1) {
    console.log(`step ${at}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return "done"
}

/** Closures of one function. */
export const adder = (summand: number) => (n: number): number => n + summand

export const noisy = (n: number, options: { readonly by: number } = { by: 1 }): number => {
  console.log("ran")
  return n * options.by
}

export const failing = (n: number): number => {
  throw new RangeError(`no ${n}`)
}

/** How many primes there are below each hundredth part of `limit`; tells how far it is. */
export const countPrimes = async ({ limit, pauseMillis = 0 }: { limit: number; pauseMillis?: number }) => {
  let primes = 0
  for (let n = 2; n < limit; n += 1) {
    let isPrime = true
    for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
      if (n % divisor === 0) {
        isPrime = false
        break
      }
    }
    if (isPrime) primes += 1
    if (n % 100 === 0) {
      console.log(`${n} of ${limit}`)
      await new Promise((resolve) => setTimeout(resolve, pauseMillis))
    }
  }
  return primes
}

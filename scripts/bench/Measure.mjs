/**
 * Timing, interleaved: A B C A B C ..., so that what the machine does meanwhile falls on all alike.
 */

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Runs each of `subjects` (name to async function) `rounds` times. Gives median, least and most in ms, by name. */
export const interleaved = async (subjects, rounds, warmups = 0) => {
  const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]))
  for (let round = -warmups; round < rounds; round++) {
    for (const [name, subject] of Object.entries(subjects)) {
      const started = performance.now()
      await subject(round)
      if (round >= 0) times[name].push(performance.now() - started)
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, values]) => [
      name,
      { median: median(values), least: Math.min(...values), most: Math.max(...values) }
    ])
  )
}

const ms = (value) => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0))

/** Prints one line for each subject, with its ratio to `base`. */
export const print = (times, base) => {
  const width = Math.max(...Object.keys(times).map((name) => name.length))
  for (const [name, { least, median: middle, most }] of Object.entries(times)) {
    const ratio = base === undefined || base === name ? "" : `${(middle / times[base].median).toFixed(2)} x ${base}`
    console.log(
      `  ${name.padEnd(width)}  ${ms(middle).padStart(7)} ms  (${ms(least)} - ${ms(most)})  ${ratio}`.trimEnd()
    )
  }
}

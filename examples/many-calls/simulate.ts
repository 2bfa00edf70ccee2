import { cluster } from "clustrix/node"

/** Numbers between 0 and 1 that look random, the same ones for the same seed (Lehmer, modulus 2^31 - 1). */
const makeRandom = (seed: number) => {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** Estimates pi: the part of random points that lie in a circle. */
export const simulate = cluster({ cores: 1, time: "10m" })(async (seed: number) => {
  if (seed < 1) throw new RangeError(`${seed} is no seed`)
  const random = makeRandom(seed)
  let inside = 0
  for (let point = 0; point < 1_000_000; point += 1) {
    if (random() ** 2 + random() ** 2 < 1) inside += 1
  }
  console.log(`${inside} points in the circle`)
  return inside / 250_000
})

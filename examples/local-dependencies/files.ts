import { readFile } from "node:fs/promises"
import { helperFunction } from "./numbers.ts"

/** Processes a single data file: one number a line. */
export async function processData(filename: string): Promise<Array<number>> {
  const text = await readFile(filename, "utf8")
  return helperFunction(text.split("\n").filter((line) => line.trim() !== "").map(Number))
}

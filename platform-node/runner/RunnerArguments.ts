/**
 * The runner's command line.
 */

export const usage = `Usage: node execute.mjs [--invocation FILE] [--job DIRECTORY]

Runs the function of the package that this file lies in.
  --invocation FILE   arguments and options of the call; without it the function gets no argument
  --job DIRECTORY     the job's directory: its work/ is where the function stands, its result file takes the result;
                      without it the function stands in a temporary directory, and the result is printed

  --supervise         run the function in a process group of its own and keep the job's state file
  --time-limit S      with --supervise: end the function after S seconds
  --memory BYTES      with --supervise: the heap that the function may use (not on Bun)
  --conclude CODE     run nothing; write the result of a runner that ended with CODE and left none`

export interface RunnerArguments {
  readonly invocation: string | undefined
  readonly job: string | undefined
  readonly supervise: boolean
  readonly timeLimitSeconds: number | undefined
  readonly memoryBytes: number | undefined
  readonly conclude: number | undefined
  readonly help: boolean
}

/** A sentence that says what is wrong, or the arguments. */
export const parseArguments = (words: ReadonlyArray<string>): RunnerArguments | string => {
  const values = new Map<string, string>()
  const flags = new Set<string>()
  const valued = ["--invocation", "--job", "--time-limit", "--memory", "--conclude"]
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ""
    const equals = word.indexOf("=")
    const name = equals === -1 ? word : word.slice(0, equals)
    if (valued.includes(name)) {
      const value = equals === -1 ? words[index += 1] : word.slice(equals + 1)
      if (value === undefined || value === "") return `${name} needs a value`
      if (values.has(name)) return `${name} is given twice`
      values.set(name, value)
    } else if (word === "--supervise" || word === "--help" || word === "-h") flags.add(word)
    else return `There is no option ${word}`
  }
  const numbers = new Map<string, number>()
  for (const name of ["--time-limit", "--memory", "--conclude"]) {
    const value = values.get(name)
    if (value === undefined) continue
    if (!/^\d+(\.\d+)?$/.test(value)) return `${name} needs a number, not ${value}`
    numbers.set(name, Number(value))
  }
  if (flags.has("--supervise") && !values.has("--job")) return "--supervise needs --job"
  if (values.has("--conclude") && !values.has("--job")) return "--conclude needs --job"
  return {
    invocation: values.get("--invocation"),
    job: values.get("--job"),
    supervise: flags.has("--supervise"),
    timeLimitSeconds: numbers.get("--time-limit"),
    memoryBytes: numbers.get("--memory"),
    conclude: numbers.get("--conclude"),
    help: flags.has("--help") || flags.has("-h")
  }
}

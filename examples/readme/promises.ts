import { run } from "clustrix/node"
import { mainAnalysis } from "../local-dependencies/main.ts"
import { fitLine } from "../living-function/model.ts"

const local = { clusterType: "local" } as const

console.log(await run(mainAnalysis, { cluster: local })) // [ 12, 20, 30 ]
console.log(await run(fitLine([[1, 3], [2, 5]]), { args: [10], cluster: local })) // 21

// By reference, no code of the file is loaded here
console.log(await run("examples/local-dependencies/main.ts#mainAnalysis")) // [ 12, 20, 30 ]

import { run } from "clustrix/node"
import { fitLine } from "../living-function/model.ts"

const predict = fitLine([[1, 3], [2, 5], [3, 7]]) // a function, which holds on to what was fitted
console.log(await run(predict, { clusterType: "local" }, [10])) // 21

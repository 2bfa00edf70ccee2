import { run } from "clustrix/node"

const result = await run(`${import.meta.dirname}/main.ts#automatedPackaging`)
console.log(`Total data size: ${result} bytes`)
const same = await run(`${import.meta.dirname}/TotalSize.ts#TotalSize.ofCsvFiles`)
console.log(`The decorated method says: ${same} bytes`)

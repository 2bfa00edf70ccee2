/**
 * Code that may name anything of its module, in JavaScript.
 */
import { modules } from "./Flow.ts"

export const wholeModules = [
  modules({
    "main.mjs": `const s = { n: 0, list: [] };
export const main = () => s;
const w = () => { s.n = 1; return 1 };
eval("w()")`
  }),
  modules({
    "main.mjs": `const s = { n: 0, list: [] };
export const main = () => s;
const w = () => { s.n = 1; return 1 };
export const q = eval("s.n = 2")`
  }),
  modules({
    "main.mjs":
      `const s = { n: 0 }, hidden = 5; export function main() { const local = 3; return eval("s.n + hidden + local") }`
  }),
  modules({
    "a.mjs": "export const k = 4; export const z = 1",
    "main.mjs":
      `import { k as kk } from "./a.mjs"; import * as A from "./a.mjs"; export const main = () => eval("kk + A.z")`
  }),
  modules({
    "main.mjs": `const s = { n: 0, list: [] };
export const main = () => s;
const w = () => { s.n = 1; return 1 };
(0, eval)("1"); w()`
  }),
  modules({
    "main.mjs": `let c = 0; eval("c = 5"); export const main = () => c`
  }),
  modules({
    "main.mjs": `let c = 0; const f = () => { eval("c = 5") }; f(); export const main = () => c`
  }),
  modules({
    "main.mjs":
      `import { createRequire } from "node:module"; export const main = () => new Function("a", "return a + 1")(2)`
  })
]

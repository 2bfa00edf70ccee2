/**
 * The conditions under which `exports` and `imports` are read: fixed, the same on every host.
 *
 * `node`, `import` or `require`, `default`, and the tsconfig's `customConditions`. Not `node-addons` and not
 * `module-sync`, which Node adds in some versions and under some flags: a package runs on Node 18 too, where `require`
 * cannot load the ES module that `module-sync` names, and every package that has either condition has a fallback.
 */
import type { RequestKind } from "../ModuleResolver.ts"

export const conditions = (kind: RequestKind, custom: ReadonlyArray<string>): ReadonlySet<string> =>
  new Set(["node", kind, "default", ...custom])

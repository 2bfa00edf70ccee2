/**
 * The conditions under which `exports` and `imports` are read: fixed, the same on every host.
 *
 * Those of Node 20.19 and newer, `import` or `require`, and the tsconfig's `customConditions`. An older Node knows no
 * `module-sync` and takes another entry; which Node packages must not decide what is in a package.
 */
import type { RequestKind } from "./ModuleResolver.ts"

export const conditions = (kind: RequestKind, custom: ReadonlyArray<string>): ReadonlySet<string> =>
  new Set(["node", "node-addons", "module-sync", kind, "default", ...custom])

/**
 * What a person runs to mend the project's npm packages, in the words of the package manager that wrote the lockfile.
 */

export interface ManagerCommands {
  /** Adds a package to package.json. */
  readonly add: (name: string) => string
  /** Brings lockfile and node_modules in line with package.json. */
  readonly install: string
  /** Lets dependents share versions. */
  readonly dedupe: string
}

export const npm: ManagerCommands = {
  add: (name) => `npm install ${name}`,
  install: "npm install",
  dedupe: "npm dedupe"
}

export const pnpm: ManagerCommands = {
  add: (name) => `pnpm add ${name}`,
  install: "pnpm install",
  dedupe: "pnpm dedupe"
}

export const yarn: ManagerCommands = {
  add: (name) => `yarn add ${name}`,
  install: "yarn install",
  dedupe: "yarn dedupe"
}

/** Version 1 has no command for it. */
export const yarnClassic: ManagerCommands = { ...yarn, dedupe: "npx yarn-deduplicate" }

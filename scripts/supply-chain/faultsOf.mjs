/**
 * What a lockfile and the manifests have that the policy does not allow. Pure: a test gives it others.
 */
import * as Licence from "./Licence.mjs"

/** A version, or that of another name. */
const exact = /^(?:npm:(?:@[^@/]+\/)?[^@/]+@)?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/
/** What a user's program may have beside ours: one copy for both. */
const range = /^\^\d+\.\d+\.\d+$/

const nameOf = (place) => place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length)

/** Each direct dependency has a reason, each reason a dependency. */
const directFaults = (kind, asked = {}, reasons = {}, form = exact) => [
  ...Object.entries(asked).flatMap(([name, version]) => [
    ...((reasons[name] ?? "").trim() === ""
      ? [`${name} is in ${kind}, and scripts/supply-chain/policy.json has no reason for it`] : []),
    ...(form.test(version)
      ? []
      : [`${name} is asked for as ${version}, which is not one ${form === exact ? "version" : "range"}`])
  ]),
  ...Object.keys(reasons).filter((name) => !Object.hasOwn(asked, name)).map((name) =>
    `scripts/supply-chain/policy.json has a reason for ${name}, which is not in ${kind}`
  )
]

/**
 * A lockfile has no licence where package.json has it in the old form (`licenses`), nor of builds for other platforms that the
 * registry lacked; theirs is that of the package that has them as optional parts. Where it names a file, somebody has read that.
 */
const licenceOf = (packages, place, { inFiles = {}, inOldForm }) => {
  const { license: named = inOldForm[nameOf(place)], optional } = packages[place]
  const license = /^SEE LICENSE IN /i.test(named ?? "") ? inFiles[nameOf(place)] ?? named : named
  if (license !== undefined || optional !== true) return license
  const whole = Object.values(packages).find(({ optionalDependencies = {} }) =>
    Object.hasOwn(optionalDependencies, nameOf(place))
  )
  return whole?.license
}

/** Where the package at `place` finds `name`, as Node looks for it. */
const placeOf = (packages, place, name) => {
  for (let at = place;; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const found = `${at === "" ? "" : `${at}/`}node_modules/${name}`
    if (Object.hasOwn(packages, found) || at === "" || !at.includes("/node_modules/")) {
      return Object.hasOwn(packages, found) ? found : `node_modules/${name}`
    }
  }
}

/** The places of `names`, and of the packages that they need. */
const closureOf = (packages, names) => {
  const found = new Set(names.map((name) => `node_modules/${name}`))
  for (const place of found) {
    for (const name of Object.keys(packages[place]?.dependencies ?? {})) found.add(placeOf(packages, place, name))
  }
  return found
}

export const faultsOf = ({ lockfile, manifest, policy, workspaces }) => {
  const { packages } = lockfile
  const installed = Object.entries(packages).filter(([place, { link }]) =>
    place.includes("node_modules/") && link !== true
  )
  const shipped = new Set(policy.licences.shipped)
  // What the build holds is shipped as well
  const bundled = closureOf(packages, policy.bundled ?? [])
  const development = new Set([...policy.licences.shipped, ...policy.licences.development])
  return [
    ...directFaults("dependencies", manifest.dependencies, policy.dependencies),
    ...directFaults("peerDependencies", manifest.peerDependencies, policy.peerDependencies, range),
    ...directFaults("devDependencies", manifest.devDependencies, policy.devDependencies),
    ...directFaults(
      "the workspaces' dependencies",
      Object.assign(
        {},
        ...workspaces.map(({ dependencies = {}, devDependencies = {} }) => ({ ...dependencies, ...devDependencies }))
      ),
      policy.workspaces
    ),
    ...installed.flatMap(([place, { dev }]) => {
      const licence = licenceOf(packages, place, policy.licences)
      const isShipped = dev !== true || bundled.has(place)
      const allowed = isShipped ? shipped : development
      return typeof licence === "string" && Licence.allows(licence, (id) => allowed.has(id))
        ? []
        : [
          `${place} has the licence ${licence ?? "(none)"}, which is not allowed${
            isShipped ? " in what is shipped" : ""
          }`
        ]
    }),
    ...installed.flatMap(([place, { integrity, optional, resolved }]) => [
      ...(integrity === undefined && optional !== true ? [`${place} has no integrity`] : []),
      ...(resolved === undefined ? [] : [`${place} names the address ${resolved}`])
    ]),
    ...installed.flatMap(([place, { hasInstallScript }]) =>
      hasInstallScript === true && !Object.hasOwn(policy.installScripts, nameOf(place))
        ? [`${place} has an install script, and scripts/supply-chain/policy.json does not say why that is fine`]
        : []
    ),
    ...Object.keys(policy.installScripts).filter((name) =>
      !installed.some(([place, { hasInstallScript }]) => nameOf(place) === name && hasInstallScript === true)
    ).map((name) => `scripts/supply-chain/policy.json explains an install script of ${name}, which has none`)
  ]
}

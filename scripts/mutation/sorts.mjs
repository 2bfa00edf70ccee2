/** Every `.sort(...)` of core/: the order of something that a package, an ID or a report shows. */
import { withoutSorts } from "./Mutation.mjs"

const bytes = ["test/identity/golden.test.ts", "test/identity/edits.test.ts", "test/core/graph/reach.test.ts"]
const npm = ["test/core/npm/Pruning.test.ts", "test/core/npm/Pruning.property.test.ts",
  "test/core/npm/InstalledPackages.test.ts", "test/core/npm/OddLockfiles.test.ts"]
const resolve = ["exports", "imports", "errors", "packages", "builtin", "cache"].map((name) =>
  `test/core/resolve/${name}.test.ts`
)
const assets = ["collect", "reports", "expressions"].map((name) => `test/core/assets/${name}.test.ts`)
const order = ["test/core/assets/order.test.ts"]
const archive = ["test/core/archive/SealPackage.test.ts"]
const spellings = ["test/core/canonical/canonicalise.test.ts"]

const managers = [...npm, "test/core/npm/PnpmLockfile.test.ts", "test/core/npm/YarnLockfile.test.ts",
  "test/core/npm/ThreeManagers.test.ts"]
const config = ["ConfigurationFile", "resolveConfiguration"].map((name) => `test/core/config/${name}.test.ts`)
const loops = ["test/identity/golden.test.ts", "test/loops/loops.test.ts"]

/** The tests that hold the order of each. */
export const sorts = (/** @type {string} */ root) =>
  withoutSorts(root, ["core"], {
    "core/cluster-filesystem/ClusterFiles.ts": order,
    "core/cluster-filesystem/Glob.ts": ["test/platform-node/ClusterFilesystem.test.ts"],
    "core/cluster-filesystem/Walk.ts": ["test/platform-node/ClusterFilesystem.test.ts"],
    "core/runtime/Invocation.ts": ["test/core/runtime/Invocation.test.ts"],
    "core/graph/Exports.ts": ["test/bad-input/naming.test.ts"],
    "core/emit/Linkage.ts": [...bytes, "test/behaviour/behaviour.test.ts"],
    "core/emit/emitModules.ts": ["test/bad-input/naming.test.ts"],
    "core/resolve/PackageMap.ts": resolve,
    "core/resolve/Builtin.ts": resolve,
    "core/resolve/NearName.ts": resolve,
    "core/resolve/PackageJson.ts": resolve,
    "core/resolve/Packages.ts": resolve,
    "core/resolve/FileTree.ts": resolve,
    "core/assets/collectAssets.ts": order,
    "core/ExecutionContext.ts": ["test/core/ClusterConfig.test.ts"],
    "core/assets/DirectoryListing.ts": order,
    "core/assets/Roots.ts": order,
    "core/assets/UnknownPaths.ts": [...order, ...assets],
    "core/assets/PathSpelling.ts": order,
    "core/Manifest.ts": archive,
    "core/Metadata.ts": [...archive, ...bytes],
    "core/PackageStore.ts": ["test/core/PackageStore.test.ts"],
    "core/npm/Reach.ts": npm,
    "core/npm/PackageTree.ts": npm,
    "core/npm/KeptPlacement.ts": npm,
    "core/npm/Pruning.ts": npm,
    "core/npm/PackageClass.ts": npm,
    "core/npm/Workspaces.ts": managers,
    "core/npm/InstalledBundle.ts": managers,
    "core/npm/YarnClassic.ts": managers,
    "core/npm/InstalledFiles.ts": managers,
    "core/npm/ProjectGraph.ts": managers,
    "core/npm/YarnBerryPeers.ts": managers,
    "core/npm/PnpmPackage.ts": managers,
    "core/config/resolveConfiguration.ts": config,
    "core/config/ConfigurationError.ts": config,
    "core/loops/LoopProgram.ts": loops,
    "core/loops/loopSources.ts": loops,
    "core/loops/LoopPlan.ts": loops,
    "core/execute/JobFiles.ts": ["test/core/execute/JobFiles.test.ts"],
    "core/execute/MapDirectory.ts": ["test/map/local.test.ts"],
    "core/execute/ClusterCleanup.ts": ["test/platform-node/cli/jobs.test.ts"],
    "core/package/collectDependencies.ts": [...npm, ...bytes],
    "core/package/preparePackage.ts": [...bytes, ...archive],
    "core/archive/DiffPackages.ts": ["test/core/archive/DiffPackages.test.ts"],
    "core/archive/SealPackage.ts": archive,
    "core/archive/CanonicalJson.ts": archive,
    "core/memory/Observation.ts": order,
    "core/canonical/normalisations/Reexports.ts": spellings,
    "core/canonical/normalisations/ImportDeclarations.ts": spellings,
    "core/canonical/normalisations/RegexFlags.ts": spellings,
    "core/canonical/normalisations/ExportDeclarations.ts": spellings
  })

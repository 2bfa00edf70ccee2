/** Every `.sort(...)` of core/: the order of something that a package, an ID or a report shows. */
import { withoutSorts } from "./Mutation.mjs"

const bytes = ["test/identity/golden.test.ts", "test/identity/edits.test.ts", "test/core/slicing/reach.test.ts"]
const npm = ["test/core/npm/Pruning.test.ts", "test/core/npm/Pruning.property.test.ts",
  "test/core/npm/InstalledPackages.test.ts", "test/core/npm/OddLockfiles.test.ts"]
const resolve = ["exports", "imports", "errors", "packages", "builtin", "cache"].map((name) =>
  `test/core/resolution/${name}.test.ts`
)
const assets = ["collect", "reports", "expressions"].map((name) => `test/core/data-files/${name}.test.ts`)
const order = ["test/core/data-files/order.test.ts"]
const archive = ["test/core/archive/SealPackage.test.ts"]
const spellings = ["test/core/codegen/canonical/canonicalise.test.ts"]

const managers = [...npm, "test/core/npm/PnpmLockfile.test.ts", "test/core/npm/YarnLockfile.test.ts",
  "test/core/npm/ThreeManagers.test.ts"]
const config = ["ConfigurationFile", "resolveConfiguration"].map((name) => `test/core/config/${name}.test.ts`)
const flows = ["test/differential/flows.test.ts"]
const installed = ["test/core/npm/InstalledState.test.ts"]
const loops = ["test/identity/golden.test.ts", "test/loops/loops.test.ts"]

/** The tests that hold the order of each. */
export const sorts = (/** @type {string} */ root) =>
  withoutSorts(root, ["core"], {
    "core/cluster/filesystem/ClusterFiles.ts": order,
    "core/cluster/filesystem/Glob.ts": ["test/platform-node/ClusterFilesystem.test.ts"],
    "core/cluster/filesystem/Walk.ts": ["test/platform-node/ClusterFilesystem.test.ts"],
    "core/runtime/Invocation.ts": ["test/core/runtime/Invocation.test.ts"],
    "core/modules/UndeclaredNames.ts": ["test/core/packaging/unresolvedNames.test.ts"],
    "core/npm/InstalledState.ts": installed,
    "core/npm/Patches.ts": installed,
    "core/resolution/FileTimes.ts": installed,
    "core/packaging/collectData.ts": order,
    "core/packaging/namedDependencies.ts": ["test/core/packaging/namedDependencies.test.ts"],
    "core/slicing/evaluation.ts": ["test/core/slicing/reach.test.ts", "test/identity/properties.test.ts"],
    "core/slicing/loadProgram.ts": flows,
    "core/codegen/canonical/lowering/TreeComparison.ts": [
      "test/core/codegen/canonical/lowering/TreeComparison.test.ts"
    ],
    "core/slicing/Exports.ts": ["test/bad-input/naming.test.ts"],
    "core/codegen/Linkage.ts": [...bytes, "test/behaviour/behaviour.test.ts"],
    "core/codegen/emitModules.ts": ["test/bad-input/naming.test.ts"],
    "core/resolution/PackageMap.ts": resolve,
    "core/resolution/Builtin.ts": resolve,
    "core/diagnostics/NearName.ts": resolve,
    "core/resolution/PackageJson.ts": resolve,
    "core/resolution/Packages.ts": resolve,
    "core/resolution/FileTree.ts": resolve,
    "core/data-files/collectAssets.ts": order,
    "core/packaging/ExecutionContext.ts": ["test/core/config/ClusterConfig.test.ts"],
    "core/data-files/DirectoryListing.ts": order,
    "core/data-files/Roots.ts": order,
    "core/data-files/UnknownPaths.ts": [...order, ...assets],
    "core/data-files/PathSpelling.ts": order,
    "core/archive/Manifest.ts": archive,
    "core/archive/Metadata.ts": [...archive, ...bytes],
    "core/archive/PackageStore.ts": ["test/core/archive/PackageStore.test.ts"],
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
    "core/parallel/LoopProgram.ts": loops,
    "core/parallel/loopSources.ts": loops,
    "core/parallel/LoopPlan.ts": loops,
    "core/cluster/execute/JobFiles.ts": ["test/core/cluster/execute/JobFiles.test.ts"],
    "core/cluster/execute/MapDirectory.ts": ["test/map/local.test.ts"],
    "core/cluster/execute/ClusterCleanup.ts": ["test/platform-node/cli/jobs.test.ts"],
    "core/packaging/collectDependencies.ts": [...npm, ...bytes],
    "core/packaging/preparePackage.ts": [...bytes, ...archive],
    "core/archive/DiffPackages.ts": ["test/core/archive/DiffPackages.test.ts"],
    "core/archive/SealPackage.ts": archive,
    "core/archive/CanonicalJson.ts": archive,
    "core/packaging/memory/Observation.ts": order,
    "core/codegen/canonical/normalisations/Reexports.ts": spellings,
    "core/codegen/canonical/normalisations/ImportDeclarations.ts": spellings,
    "core/codegen/canonical/normalisations/RegexFlags.ts": spellings,
    "core/codegen/canonical/normalisations/ExportDeclarations.ts": spellings
  })

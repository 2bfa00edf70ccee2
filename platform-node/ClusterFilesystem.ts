/**
 * The nine file functions on this machine's files.
 */
import * as Layer from "effect/Layer"
import * as Path from "node:path"
import { ClusterFilesystem, make } from "../core/cluster/ClusterFilesystem.ts"
import { nodeFileSource } from "./runner/NodeFileSource.ts"

/** `root`: where relative paths start. For cluster type `local` that is the package root unless configured otherwise. */
export const layer = (root: string): Layer.Layer<ClusterFilesystem> =>
  Layer.sync(ClusterFilesystem, () => make(nodeFileSource, Path.resolve(root)))

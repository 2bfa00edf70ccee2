import * as ClusterFiles from "../../../../core/cluster/filesystem/ClusterFiles.ts"
import { FileFailure } from "../../../../core/cluster/filesystem/FileSource.ts"
import * as contract from "../../../contract/ClusterFilesystem.ts"
import * as MemoryFileSource from "./MemoryFileSource.ts"

contract.suite("memory", {
  call: async (root, name, ...args) => {
    // One function at a time; that its arguments are the function's own, the type of `call` says
    const method = ClusterFiles.make(MemoryFileSource.make(root), root)[name] as (
      ...args: ReadonlyArray<unknown>
    ) => Promise<never>
    try {
      return await method(...args)
    } catch (failure) {
      if (failure instanceof FileFailure) return { failed: failure.reason }
      throw failure
    }
  }
})

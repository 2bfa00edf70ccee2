import * as MemoryTransport from "../contract/MemoryTransport.ts"
import * as contract from "../contract/Transport.ts"

contract.suite("memory", MemoryTransport.layer, () => MemoryTransport.directory, { hasShell: false })

import * as Hasher from "../../platform-node/Hasher.ts"
import { suite } from "../contract/Hasher.ts"

suite("node:crypto", Hasher.layer)

import * as Hasher from "../../platform-browser/Hasher.ts"
import { suite } from "../contract/Hasher.ts"

suite("plain JavaScript", Hasher.layer)

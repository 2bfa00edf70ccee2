import * as PackageStore from "../../core/PackageStore.ts"
import { suite } from "../contract/PackageStore.ts"

suite("in memory", PackageStore.layerMemory)

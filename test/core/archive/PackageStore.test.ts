import * as PackageStore from "../../../core/archive/PackageStore.ts"
import { suite } from "../../contract/PackageStore.ts"

suite("in memory", PackageStore.layerMemory)

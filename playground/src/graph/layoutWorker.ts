/**
 * The worker that lays out graphs, for large ones take seconds.
 */
import * as Comlink from "comlink"
import { layOut } from "./layOut.ts"

const service = { layOut }

export type LayoutWorker = typeof service

Comlink.expose(service)

/**
 * The transport over SSH for compositions of one's own. Its declaration names no type of ssh2, which users then need not have.
 */
import type * as Layer from "effect/Layer"
import type { Transport, TransportError } from "../core/cluster/Transport.ts"
import type { SshOptions } from "./ssh/SshTarget.ts"
import * as SshTransport from "./ssh/SshTransport.ts"

export type { SshOptions } from "./ssh/SshTarget.ts"

/** The host that `options` and OpenSSH's configuration files name, connected when it is first used. */
export const layer: (options: SshOptions) => Layer.Layer<Transport, TransportError> = SshTransport.layer

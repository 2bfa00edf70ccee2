/**
 * Whether the host lets us in.
 */
import type { Check } from "./Check.ts"
import type { HostAccess } from "./HostAccess.ts"

export const accessChecks = ({ login, reach, verify }: HostAccess): ReadonlyArray<Check> => [
  { name: "network", title: "Address and port", run: reach },
  { name: "host-key", title: "Host key", run: verify },
  { name: "authentication", title: "Login", run: login }
]

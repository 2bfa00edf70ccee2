/**
 * The keys that a host lets in: `~/.ssh/authorized_keys` there.
 */
import * as Effect from "effect/Effect"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import * as Shell from "../../core/cluster/deploy/Shell.ts"
import type { Transport, TransportError } from "../../core/cluster/Transport.ts"
import { KeySetupError } from "./KeyPair.ts"

/**
 * Appends `line` unless the key is there; what is there stays as it is. sshd refuses files that others may write, so what is made
 * is for its owner alone.
 */
const script = (line: string): string => {
  const key = line.split(" ").slice(0, 2).join(" ")
  return [
    "umask 077",
    "cd || exit",
    "if ! [ -d .ssh ]; then mkdir -p .ssh || exit; fi",
    "file=.ssh/authorized_keys",
    `if [ -e "$file" ] && grep -v '^[[:space:]]*#' "$file" | grep -qF -- ${
      Shell.quote(key)
    }; then echo there; exit 0; fi`,
    // A last line that was not ended would run into ours
    "start=; if [ -s \"$file\" ] && [ -n \"$(tail -c 1 \"$file\")\" ]; then start='\n'; fi",
    `printf '%s%s\\n' "$start" ${Shell.quote(line)} >> "$file" || exit`,
    // Where SELinux is, sshd reads no file without its label
    "if command -v restorecon >/dev/null 2>&1; then restorecon -F .ssh \"$file\" >/dev/null 2>&1; fi",
    "echo added"
  ].join("\n")
}

/** Gives whether it was there already. */
export const install = (
  transport: typeof Transport.Service,
  line: string
): Effect.Effect<{ readonly wasThere: boolean }, KeySetupError | TransportError> =>
  Effect.flatMap(transport.exec(script(line), { idempotent: true }), ({ exitCode, stderr, stdout }) =>
    exitCode === 0
      ? Effect.succeed({ wasThere: stdout.trim() === "there" })
      : Effect.fail(
        new KeySetupError({
          reason: "Refused",
          what: `The key cannot be written to ~/.ssh/authorized_keys on ${transport.location}`,
          why: Quotation.lastLines(stderr) || `The command ended with exit code ${exitCode}.`,
          remedy: "Make ~/.ssh there a directory that you may write, or ask its administrator to add the key."
        })
      ))

/**
 * A hashbang is for the shell that starts a file; packaged modules are imported.
 */
import type { Normalisation } from "../Normalisation.ts"

export const hashbang: Normalisation = {
  visitors: {
    Module: (_node, { edits, text }) => {
      if (text.startsWith("#!")) edits.remove(0, text.indexOf("\n") === -1 ? text.length : text.indexOf("\n") + 1)
    }
  }
}

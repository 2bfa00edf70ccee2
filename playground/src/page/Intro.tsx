/** @jsxImportSource preact */
/**
 * What this page is and what to try, until somebody puts it away.
 */
import { signal } from "@preact/signals"
import * as Storage from "./Storage.ts"

const key = "clustrix-intro"

const isShown = signal(Storage.lasting.get(key) !== "read")

const close = (): void => {
  isShown.value = false
  Storage.lasting.set(key, "read")
}

export const Intro = () =>
  isShown.value
    ? (
      <aside class="intro" aria-label="What this is">
        <p>
          <strong>
            Clustrix finds everything that a TypeScript function needs and makes a package of it, which runs on any
            cluster.
          </strong>{" "}
          Try it: change a number in the code and the package ID changes; add a comment and it stays. Then press Run.
        </p>
        <button type="button" onClick={close}>Got it</button>
      </aside>
    )
    : null

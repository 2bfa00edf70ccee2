/** @jsxImportSource preact */
/**
 * The playground: everything that is shown follows from the signals of its rooms.
 */
import { render } from "preact"
import * as Packaging from "./packaging/Packaging.ts"
import { App } from "./page/App.tsx"
import "./page/style.css"
import * as Offline from "./page/Offline.ts"
import * as Shortcuts from "./page/Shortcuts.ts"
import * as Theme from "./page/Theme.ts"
import * as Projects from "./projects/Projects.ts"
import * as Types from "./types/Types.ts"
import * as Link from "./share/Link.ts"

/** When there is something to see; a page in the background draws nothing, and does not wait for long. */
const painted = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 500)
    requestAnimationFrame(() => setTimeout(resolve))
  })

const root = document.querySelector("#app")
if (root === null) throw new Error("index.html has no #app")

Theme.start()
Shortcuts.start()
render(<App />, root)
const fragment = location.hash
await Projects.start(await Link.opened(fragment))
Link.remember(fragment)
Link.follow()
// What packages is larger than the page: it comes after the first paint
await painted()
Packaging.start()
// The types come last: nothing waits for them
await Packaging.settled()
Types.start()
Offline.start()

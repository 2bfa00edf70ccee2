/** @jsxImportSource preact */
/**
 * The playground: everything that is shown follows from the signals in `state/`.
 */
import { render } from "preact"
import { openLink, rememberInLink } from "./share/Link.ts"
import * as Packaging from "./packaging/Packaging.ts"
import * as Project from "./project/Project.ts"
import * as Theme from "./page/Theme.ts"
import "./page/style.css"
import { App } from "./page/App.tsx"

/** When there is something to see; a page in the background draws nothing, and does not wait for long. */
const painted = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 500)
    requestAnimationFrame(() => setTimeout(resolve))
  })

const root = document.querySelector("#app")
if (root === null) throw new Error("index.html has no #app")

Theme.start()
render(<App />, root)
if (!openLink(location.hash)) await Project.openExample(Project.firstExample)
rememberInLink()
// What packages is larger than the page: it comes after the first paint
await painted()
Packaging.start()

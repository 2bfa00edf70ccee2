/** @jsxImportSource preact */
/**
 * The project as a link, or as a file where it is too long for one.
 */
import { signal } from "@preact/signals"
import { save } from "../page/saveFile.ts"
import * as Link from "./Link.ts"

const count = (characters: number): string => characters.toLocaleString("en")

const saveFile = async (): Promise<void> => {
  const { content, name } = await Link.asFile()
  save(content, name)
}

const said = signal("")

/** What is to be known about a link that is long, with the way that is open to every project. */
export const ShareNote = () => {
  const characters = Link.characters.value
  const isLong = characters !== undefined && characters > Link.longLink
  const isRefused = said.value.startsWith("A link") || said.value.startsWith("There")
  return (
    <div role="status" class={isLong || isRefused ? "notice" : undefined}>
      {isLong ? <span>The link has {count(characters)} characters: some programs cut it.</span> : null}
      {isRefused ? <span>{said.value}</span> : null}
      {isLong || isRefused ? <button type="button" onClick={() => void saveFile()}>Save as a file</button> : null}
    </div>
  )
}

export const Share = () => {
  const copy = async (): Promise<void> => {
    said.value = ""
    try {
      const shared = Link.share()
      // A link that is written already is copied in the same moment as the button is pressed
      const link = shared instanceof Promise ? await shared : shared
      if (!link.fits) {
        said.value = `A link to this project has ${count(link.characters)} characters: no browser opens it.`
        return
      }
      try {
        await navigator.clipboard.writeText(link.url)
        said.value = "Link copied"
      } catch {
        said.value = "The link is in the address bar"
      }
    } catch (error) {
      said.value = `There is no link: ${error instanceof Error ? error.message : String(error)}`
    }
  }
  return (
    <span class="share">
      <button type="button" class="share-button" onClick={() => void copy()}>Share</button>
      <span role="status" class="note">{/^(?:Link|The link)/.test(said.value) ? said.value : ""}</span>
    </span>
  )
}

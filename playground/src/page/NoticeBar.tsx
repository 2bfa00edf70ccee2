/** @jsxImportSource preact */
/**
 * What just happened, and what the visitor must know: above everything else.
 */
import { linkError } from "../share/Link.ts"
import { ShareNote } from "../share/Share.tsx"
import * as Projects from "../projects/Projects.ts"
import * as Notice from "./Notice.ts"

const Latest = () => {
  const now = Notice.notice.value
  return (
    <div
      role={now?.severity === "error" ? "alert" : "status"}
      class={now === undefined ? undefined : "notice"}
      data-severity={now?.severity}
    >
      {now === undefined ? null : (
        <>
          <span>{now.text}</span>
          {now.action === undefined ? null : <button type="button" onClick={now.action.run}>{now.action.label}</button>}
          <button type="button" class="close" aria-label="Put the message away" onClick={Notice.clear}>×</button>
        </>
      )}
    </div>
  )
}

export const NoticeBar = () => {
  const keeping = Projects.keeping.value
  return (
    <div class="notices">
      {linkError.value === undefined ? null : <p class="banner" role="alert">{linkError.value}</p>}
      {keeping.state === "unkept"
        ? (
          <p class="banner" role="alert">
            Nothing is kept: this browser does not let the page store your work ({keeping.why.replace(/\.$/, "")}).
            Share it, or save it as a file, before you close the page.
          </p>
        )
        : null}
      <ShareNote />
      <Latest />
    </div>
  )
}

/** @jsxImportSource preact */
/**
 * Shows a transcript. Text is added to what stands there, in blocks of which only those in sight are laid out.
 */
import { effect } from "@preact/signals"
import { useLayoutEffect, useRef } from "preact/hooks"
import type { Chunk, Transcript } from "./Transcript.ts"

/** Text of one block, in UTF-16 code units and in lines. */
const blockLength = 4_000
const blockLines = 100

/** Where the first block of a text ends. */
const endOfBlock = (text: string): number => {
  let at = 0
  for (let line = 0; line < blockLines; line += 1) {
    const end = text.indexOf("\n", at)
    if (end === -1 || end >= blockLength) return Math.min(text.length, Math.max(at, blockLength))
    at = end + 1
  }
  return at
}

const append = (to: HTMLElement, { stream, text }: Chunk): void => {
  for (let rest = text; rest !== "";) {
    let block = to.lastElementChild
    if (
      block === null || (block.textContent ?? "").length >= blockLength ||
      Number(block.getAttribute("data-lines")) >= blockLines
    ) {
      block = document.createElement("div")
      block.className = "block"
      to.append(block)
    }
    const part = rest.slice(0, endOfBlock(rest))
    rest = rest.slice(part.length)
    const span = document.createElement("span")
    span.dataset["stream"] = stream
    span.textContent = part
    block.append(span)
    const lines = Number(block.getAttribute("data-lines") ?? 0) + part.split("\n").length - 1
    block.setAttribute("data-lines", String(lines))
  }
}

export const Output = ({ label, transcript }: { readonly transcript: Transcript; readonly label: string }) => {
  const element = useRef<HTMLPreElement>(null)
  useLayoutEffect(() => {
    const shown = element.current
    if (shown === null) return
    shown.replaceChildren()
    let drawn = 0
    return effect(() => {
      void transcript.version.value
      const isAtEnd = shown.scrollHeight - shown.scrollTop - shown.clientHeight < 40
      for (; drawn < transcript.chunks.length; drawn += 1) {
        const chunk = transcript.chunks[drawn]
        if (chunk !== undefined) append(shown, chunk)
      }
      if (isAtEnd) shown.scrollTop = shown.scrollHeight
    })
  }, [transcript])
  return <pre class="output" ref={element} tabIndex={0} role="log" aria-label={label} />
}

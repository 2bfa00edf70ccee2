/**
 * Lines that go into the package, and the lines of the selected declaration.
 */
import { type Extension, RangeSetBuilder, StateEffect, StateField } from "@codemirror/state"
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view"

/** Lines count from 1; both ends belong to it. */
export interface MarkedLines {
  readonly from: number
  readonly to: number
  readonly selected: boolean
}

export const setMarks = StateEffect.define<ReadonlyArray<MarkedLines>>()

const kept = Decoration.line({ class: "cm-kept" })
const selected = Decoration.line({ class: "cm-kept cm-chosen" })

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (decorations, transaction) => {
    const effect = transaction.effects.find((each) => each.is(setMarks))
    if (effect === undefined) return decorations.map(transaction.changes)
    const marked = new Map<number, boolean>()
    for (const { from, selected, to } of effect.value) {
      for (let line = from; line <= Math.min(to, transaction.state.doc.lines); line += 1) {
        marked.set(line, selected || marked.get(line) === true)
      }
    }
    const builder = new RangeSetBuilder<Decoration>()
    for (const [line, chosen] of [...marked].sort(([a], [b]) => a - b)) {
      const { from } = transaction.state.doc.line(line)
      builder.add(from, from, chosen ? selected : kept)
    }
    return builder.finish()
  },
  provide: (self) => EditorView.decorations.from(self)
})

export const marks: Extension = field

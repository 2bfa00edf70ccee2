/** @jsxImportSource preact */
/**
 * Why something is in the package: the chain from the function to it.
 */
import type { PackageAnalysis } from "../../../platform-browser/index.ts"
import * as Selection from "../selection/Selection.ts"

export const Why = ({ steps, subject }: {
  readonly subject: string
  readonly steps: ReadonlyArray<PackageAnalysis.WhyStep>
}) => (
  <section class="why" aria-label={`Why ${subject} is here`}>
    <h2>
      Why is <code>{subject}</code> here?
    </h2>
    {steps.length === 0 ? <p class="hint">It is part of every package.</p> : (
      <ol>
        {steps.map(({ because, location, node }) => (
          <li key={node}>
            <button type="button" class="link" onClick={() => Selection.select(node, true)}>{node}</button>
            <span class="because">{because}</span>
            {location === undefined ? null : (
              <button
                type="button"
                class="link place"
                onClick={() => Selection.goTo(location)}
              >
                {location.file}:{location.line}
              </button>
            )}
          </li>
        ))}
      </ol>
    )}
  </section>
)

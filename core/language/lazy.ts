/**
 * A value that is computed when it is first asked for.
 */
export const lazy = <A>(compute: () => A): () => A => {
  let value: { readonly of: A } | undefined
  return () => (value ??= { of: compute() }).of
}

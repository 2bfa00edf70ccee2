declare module "object-inspect" {
  const inspect: (value: unknown, options?: { readonly depth?: number }) => string
  export default inspect
}

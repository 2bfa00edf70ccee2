declare module "*.wasm?url" {
  /** Where the page finds the file. */
  const url: string
  export default url
}

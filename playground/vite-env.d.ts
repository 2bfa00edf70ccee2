/// <reference types="vite/client" />

/** Size of SWC's WASM in bytes, uncompressed: progress has a total even where it is sent compressed. */
declare const __PARSER_BYTES__: number

/** The project's lockfile, with what the example with npm packages needs; made by vite.config.ts. */
declare module "virtual:clustrix-example-lockfile" {
  const text: string
  export default text
}

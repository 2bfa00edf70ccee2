/// <reference types="vite/client" />

/** Size of SWC's WASM in bytes, uncompressed: progress has a total even where it is sent compressed. */
declare const __PARSER_BYTES__: number

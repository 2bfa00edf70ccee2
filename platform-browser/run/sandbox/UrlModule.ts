/**
 * `node:url`: what concerns paths; the rest a page has itself.
 */
import path from "path-browserify"

const invalid = (code: string, message: string): TypeError => Object.assign(new TypeError(message), { code })

export const fileURLToPath = (value: unknown): string => {
  const url = value instanceof URL ? value : new URL(String(value))
  if (url.protocol !== "file:") throw invalid("ERR_INVALID_URL_SCHEME", "The URL must be of scheme file")
  if (url.hostname !== "") {
    throw invalid("ERR_INVALID_FILE_URL_HOST", "File URL host must be \"localhost\" or empty on linux")
  }
  if (/%2f/i.test(url.pathname)) {
    throw invalid("ERR_INVALID_FILE_URL_PATH", "File URL path must not include encoded / characters")
  }
  return decodeURIComponent(url.pathname)
}

/** Characters that a URL would read as something else. */
const escapes: Readonly<Record<string, string>> = {
  "%": "%25",
  "\\": "%5C",
  "\n": "%0A",
  "\r": "%0D",
  "\t": "%09",
  "?": "%3F",
  "#": "%23"
}

export const make = (absolute: (file: string) => string): Record<string, unknown> => ({
  URL,
  URLSearchParams,
  fileURLToPath,
  pathToFileURL: (file: string): URL => {
    const resolved = path.normalize(absolute(file))
    const end = file.endsWith("/") && !resolved.endsWith("/") ? "/" : ""
    return new URL(`file://${(resolved + end).replace(/[%\\\n\r\t?#]/g, (character) => escapes[character] ?? "")}`)
  }
})

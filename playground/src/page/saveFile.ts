/**
 * Hands a file to the browser's downloads.
 */
export const save = (content: Blob, name: string): void => {
  const url = URL.createObjectURL(content)
  Object.assign(document.createElement("a"), { href: url, download: name }).click()
  // The browser reads it after this call
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

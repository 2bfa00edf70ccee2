/** @jsxImportSource preact */
/**
 * Saves a package as a file.
 */
const save = (zip: Uint8Array, name: string): void => {
  const url = URL.createObjectURL(new Blob([new Uint8Array(zip)], { type: "application/zip" }))
  Object.assign(document.createElement("a"), { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export const Download = ({ name, zip }: { readonly zip: Uint8Array; readonly name: string }) => (
  <button
    type="button"
    onClick={() => save(zip, name)}
  >
    Download
  </button>
)

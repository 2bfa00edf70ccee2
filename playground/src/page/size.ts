/** Bytes for people: `512 B`, `1.4 kB`. */
export const size = (bytes: number): string =>
  bytes < 1000 ? `${bytes} B`
    : bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`

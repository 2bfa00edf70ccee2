/**
 * The part of the picture that is seen: its place and its scale.
 */
export interface Viewport {
  /** Of the picture's corner, in pixels of the window onto it. */
  readonly x: number
  readonly y: number
  readonly scale: number
}

const smallest = 0.05
const largest = 3

/** All of the picture, at its own size at most. */
export const fit = (
  picture: { readonly width: number; readonly height: number },
  window: { readonly width: number; readonly height: number }
): Viewport => {
  const scale = Math.max(smallest, Math.min(1, window.width / picture.width, window.height / picture.height))
  return {
    scale,
    x: (window.width - picture.width * scale) / 2,
    y: Math.max(0, (window.height - picture.height * scale) / 2)
  }
}

/** Below this scale nobody reads a name. */
const readable = 0.6

/** All of the picture where that can be read, else what is about a point of it. */
export const begin = (
  picture: { readonly width: number; readonly height: number },
  around: { readonly x: number; readonly y: number } | undefined,
  window: { readonly width: number; readonly height: number }
): Viewport => {
  const whole = fit(picture, window)
  if (whole.scale >= readable || around === undefined) return whole
  return {
    scale: readable,
    x: window.width / 2 - around.x * readable,
    y: Math.min(30, window.height / 3) - around.y * readable + 20
  }
}

/** Larger or smaller, while the point of the window at `at` stays. */
export const zoom = (
  { scale, x, y }: Viewport,
  factor: number,
  at: { readonly x: number; readonly y: number }
): Viewport => {
  const next = Math.max(smallest, Math.min(largest, scale * factor))
  const ratio = next / scale
  return { scale: next, x: at.x - (at.x - x) * ratio, y: at.y - (at.y - y) * ratio }
}

export const pan = ({ scale, x, y }: Viewport, dx: number, dy: number): Viewport => ({ scale, x: x + dx, y: y + dy })

/** Moved as little, and as large, as brings the point of the picture into sight. */
export const reveal = (
  before: Viewport,
  point: { readonly x: number; readonly y: number },
  window: { readonly width: number; readonly height: number }
): Viewport => {
  const margin = 40
  const { scale, x, y } = before.scale >= readable ? before : zoom(before, readable / before.scale, { x: 0, y: 0 })
  const into = (at: number, size: number): number =>
    at < margin ? margin - at : at > size - margin ? size - margin - at : 0
  return {
    scale,
    x: x + into(point.x * scale + x, window.width),
    y: y + into(point.y * scale + y, window.height)
  }
}

/**
 * A worker for one preview.
 */
import { ofValue } from "../../../platform-browser/run/Preview.ts"

addEventListener("message", ({ data }: MessageEvent<{ readonly text: string; readonly previewLimit: number }>) => {
  // Only `ValuePreview.ts` starts it
  postMessage(ofValue(data.text, data.previewLimit))
})

/**
 * The document that a run happens in: it starts the worker from the text that it is sent, and hands the port on. A page with
 * a content security policy of its own serves it as a file, for a frame without an address inherits the policy of its page.
 * It does nothing unless its origin is opaque.
 */
const script = "if(self.origin!==\"null\")throw new Error(\"A sandbox has an origin of its own\");" +
  "addEventListener(\"message\",({data:[text,start],ports})=>{" +
  "const worker=new Worker(URL.createObjectURL(new Blob([text],{type:\"text/javascript\"})));" +
  "worker.addEventListener(\"error\",({message})=>parent.postMessage({clustrix:\"worker-failed\",message},\"*\"));" +
  "worker.postMessage(start,ports)},{once:true});" +
  "parent.postMessage({clustrix:\"ready\"},\"*\")"

/** Of the script, for the policy. */
export const frameScriptHash = "sha256-4l9u9ZV2F2EPSEhgStiZCaFVT+0fmC+7pRGHep3R+qI="

/** Nothing but this script and workers made of text: no connection, picture, style or frame. */
const policy = [
  "default-src 'none'",
  `script-src '${frameScriptHash}' 'unsafe-eval'`,
  "worker-src blob:",
  "connect-src 'none'",
  "form-action 'none'",
  "base-uri 'none'"
].join("; ")

/** The text of the document. */
export const frameDocument =
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">` +
  `<title>Sandbox</title></head><body><script>${script}</script></body></html>\n`

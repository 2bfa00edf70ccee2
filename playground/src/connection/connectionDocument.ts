/**
 * The document that connections are made from: `connect.html` beside the page. It allows what any connection may be, and each
 * frame of it is narrowed to one origin; the page itself connects to its own files only.
 */
const policy =
  "default-src 'none'; connect-src https: http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'"

export const connectionDocument =
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">` +
  "<meta name=\"referrer\" content=\"no-referrer\"><title>Connection</title></head><body></body></html>\n"

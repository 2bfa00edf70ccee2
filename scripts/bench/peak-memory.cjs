/** `node --require peak-memory.cjs ...`: writes the most memory that the process had (bytes) to $PEAK_MEMORY_FILE. */
const { writeFileSync } = require("node:fs")

process.on("exit", () => {
  // maxRSS counts in units of 1,024 bytes
  writeFileSync(process.env.PEAK_MEMORY_FILE, String(process.resourceUsage().maxRSS * 1024))
})

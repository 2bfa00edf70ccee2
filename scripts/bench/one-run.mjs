/**
 * `node one-run.mjs esbuild ENTRY OUTFILE` or `node one-run.mjs nft ENTRY BASE`: one run of a tool, for a whole process.
 */
const [tool, entry, target] = process.argv.slice(2)

if (tool === "esbuild") {
  const { build } = await import("esbuild")
  await build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    sourcemap: true,
    outfile: target,
    logLevel: "error"
  })
} else {
  const { nodeFileTrace } = await import("@vercel/nft")
  await nodeFileTrace([entry], { base: target })
}

export const markdownIt = {
  package: "markdown-it",
  sources: ["dist/markdown-it.mjs"],
  entry: "dist/markdown-it.mjs",
  calls: [
    ["default as markdown",
      `markdown().render("# Title\\n\\n*a* **b** \`c\` [d](http://e.f)\\n\\n- one\\n- two\\n\\n> q")`],
    ["default as markdown",
      `markdown({ html: true, linkify: true, typographer: true }).render("<b>x</b> http://a.bc (c) -- 'q'...")`],
    ["default as markdown", `markdown("commonmark").render("a\\n\\n    code\\n\\n***\\n![i](j)")`],
    ["default as markdown", `markdown("zero").enable(["emphasis"]).render("*a* [b](c)")`],
    ["default as markdown",
      `new markdown().use((md, tag) => { md.renderer.rules.strong_open = () => "<" + tag + ">" }, "strong-er").render("**x**")`],
    ["default as markdown",
      `(() => { const md = markdown(); md.core.ruler.push("count", (state) => { state.tokens.push(new state.Token("hr", "hr", 0)) }); return md.render("x") })()`],
    ["default as markdown", `markdown().renderInline("a\\tb &amp; <i>")`],
    ["default as markdown", `markdown().parse("| a | b |\\n|---|---|\\n| 1 | 2 |", {}).map(({ type }) => type)`],
    ["default as markdown",
      `(() => { const md = markdown({ highlight: (text, name) => "<pre>" + name + text.length + "</pre>" }); return md.render("\`\`\`js\\nlet a\\n\`\`\`") })()`],
    ["default as markdown", `markdown().utils.escapeHtml("<&>")`]
  ]
}

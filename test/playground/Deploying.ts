/**
 * The playground's deploy view against the real `clustrix serve`, before this machine and before a host over SSH. A suite
 * of playground.test.ts, whose site it shares.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { packageFunctionForExecution } from "clustrix/node"
import { randomBytes } from "node:crypto"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import type { Page } from "playwright-core"
import * as Chromium from "../browser/Chromium.ts"
import type { Workbench } from "../platform-node/cli/command.ts"
import { makePlace, type ServerProcess, start } from "../serve/ServerProcess.ts"
import * as Sshd from "../ssh/Sshd.ts"
import * as Site from "./Site.ts"

const token = "a-token-of-the-tests-0123456789abcdef"

const files = {
  "package.json": `{ "name": "deployed", "type": "module" }`,
  "main.ts": `import { existsSync } from "node:fs"
import { checked, type Row } from "./check.ts"

export async function main(row: Row, { gate }: { readonly gate?: string } = {}): Promise<ReadonlyArray<number>> {
  console.log("before the gate")
  while (gate !== undefined && !existsSync(gate)) await new Promise((resolve) => setTimeout(resolve, 20))
  console.error("behind the gate")
  return [checked(row), 1]
}
`,
  "check.ts": `export interface Row {
  readonly n: number
}

export function checked({ n }: Row): number {
  if (n < 0) throw new RangeError(\`\${n} is below 0\`)
  return n * 2
}
`
}

const connect = async (page: Page, endpoint: string, secret: string): Promise<void> => {
  await page.getByLabel("Address of the endpoint").fill(endpoint)
  await page.getByLabel("Token, if it wants one").fill(secret)
  await page.getByRole("button", { name: "Connect" }).click()
}

const connected = (page: Page, clusterType: string): Promise<void> =>
  page.locator(".connected[data-state=connected]").filter({ hasText: `${clusterType}, by Clustrix` }).waitFor()

const deploy = async (page: Page, args: unknown, options: unknown = {}): Promise<void> => {
  await page.getByLabel("Arguments, a JSON array").fill(JSON.stringify(args))
  await page.getByLabel("Options of the function, a JSON object").fill(JSON.stringify(options))
  await page.getByRole("button", { name: "Deploy", exact: true }).click()
}

const alert = (page: Page, text: string): Promise<void> => page.getByRole("alert").filter({ hasText: text }).waitFor()

const state = (page: Page, wanted: string): Promise<void> => page.locator(`.job .state[data-state=${wanted}]`).waitFor()

const valueOf = async (page: Page): Promise<unknown> =>
  JSON.parse(await page.locator(".job .outcome pre").textContent() ?? "")

/** Runs when the site is built. */
export const deploying = (siteOf: () => Site.Site): void => {
  describe("the deploy view", () => {
    let scratch = ""
    let bench: Workbench
    let server: ServerProcess
    let chromium: Chromium.Chromium
    const origin = (): string => new URL(siteOf().server.url).origin
    const benches: Array<Workbench> = []
    const servers: Array<ServerProcess> = []

    const serve = async (place: Workbench, ...words: ReadonlyArray<string>): Promise<ServerProcess> => {
      const started = await start(place, { words, environment: { CLUSTRIX_SERVE_TOKEN: token } })
      servers.push(started)
      return started
    }

    const place = async (configuration?: string): Promise<Workbench> => {
      const made = await makePlace(configuration)
      benches.push(made)
      return made
    }

    /** A browser that shows the project. */
    const open = async (): Promise<Chromium.Chromium> => {
      const opened = await Chromium.open(siteOf().server.url, { viewport: { width: 1440, height: 900 } })
      const example = await Site.packageId(opened.page)
      await opened.page.getByLabel("Folder", { exact: true }).setInputFiles(path.join(scratch, "project"))
      await opened.page.getByRole("combobox", { name: "Function" }).selectOption("main.ts#main")
      await Site.packageId(opened.page, (id) => id !== example)
      await Site.tab(opened.page, "Deploy")
      return opened
    }

    beforeAll(async () => {
      scratch = mkdtempSync(path.join(tmpdir(), "clustrix-deploying-"))
      const project = path.join(scratch, "project")
      mkdirSync(project)
      for (const [name, text] of Object.entries(files)) writeFileSync(path.join(project, name), text)
      bench = await place()
      server = await serve(bench, "--allow-origin", origin())
      chromium = await open()
    })

    afterAll(async () => {
      await chromium?.close()
      for (const each of servers) await each.end("SIGKILL")
      for (const each of benches) each.remove()
      rmSync(scratch, { recursive: true, force: true })
    })

    it("sends nothing before the button is pressed, then runs, follows and shows the result", async () => {
      const { page } = chromium
      const sent: Array<string> = []
      page.on("request", (request) => {
        if (!request.url().startsWith(origin())) sent.push(`${request.method()} ${new URL(request.url()).pathname}`)
      })
      await connect(page, server.endpoint, token)
      await connected(page, "local")
      assert.deepStrictEqual(sent.filter((each) => !each.startsWith("OPTIONS")), ["GET /v1/cluster"])

      const gate = path.join(scratch, "gate")
      await deploy(page, [{ n: 21 }], { gate })
      await page.getByRole("log", { name: "Log of the job" }).filter({ hasText: "before the gate" }).waitFor()
      await state(page, "running")
      assert.strictEqual(await page.getByRole("log").filter({ hasText: "behind the gate" }).count(), 0)
      writeFileSync(gate, "")
      await state(page, "succeeded")
      await page.locator(".job .outcome").waitFor()
      assert.deepStrictEqual(await valueOf(page), [42, 1])
      assert.strictEqual(await page.locator(".job .output [data-stream=stderr]").textContent(), "behind the gate\n")
      const project = path.join(scratch, "project")
      const { packageId } = await packageFunctionForExecution(path.join(project, "main.ts#main"), {
        clusterType: "local"
      })
      await page.getByRole("listitem").filter({ hasText: packageId }).waitFor()
      // Nothing is kept that nobody asked to keep
      assert.isNull(await page.evaluate(() => localStorage.getItem("clustrix-endpoint")))
      assert.notInclude(page.url(), token)
    }, 240_000)

    it("shows where in the source a job failed, and keeps the jobs before", async () => {
      const { page } = chromium
      await deploy(page, [{ n: -1 }])
      await state(page, "failed")
      const text = page.locator(".job .outcome pre")
      await text.filter({ hasText: "-1 is below 0" }).waitFor()
      assert.match(await text.textContent() ?? "", /check\.ts:6:/)
      assert.strictEqual(await page.locator(".jobs li").count(), 2)
      await page.locator(".jobs li").last().getByRole("button").press("Enter")
      assert.deepStrictEqual(await valueOf(page), [42, 1])
    }, 240_000)

    it("cancels a job", async () => {
      const { page } = chromium
      await deploy(page, [{ n: 1 }], { gate: path.join(scratch, "never") })
      await page.getByRole("log").filter({ hasText: "before the gate" }).waitFor()
      await page.getByRole("button", { name: "Cancel the job" }).click()
      await state(page, "cancelled")
    }, 240_000)

    it("refuses arguments that are none", async () => {
      const { page } = chromium
      await page.getByLabel("Arguments, a JSON array").fill("{}")
      await page.getByRole("button", { name: "Deploy", exact: true }).click()
      await alert(page, "Arguments are a JSON array")
      await page.getByLabel("Arguments, a JSON array").fill("[]")
      await page.getByLabel("Options of the function, a JSON object").fill("[1]")
      await page.getByRole("button", { name: "Deploy", exact: true }).click()
      await alert(page, "The options are a JSON object")
      await page.getByLabel("Options of the function, a JSON object").fill("{}")
      await page.getByRole("alert").filter({ hasText: "JSON object" }).waitFor({ state: "detached" })
    })

    it("has no violations of accessibility with jobs, wide and narrow, light and dark", async () => {
      const { page } = chromium
      await page.locator(".jobs li").nth(1).getByRole("button").click()
      await state(page, "failed")
      const found: Array<string> = []
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 })
        if (width === 390) await page.getByRole("button", { name: "Package", exact: true }).click()
        for (const colours of ["light", "dark"]) {
          const toggle = page.getByRole("button", { name: `Use ${colours} colours` })
          if (await toggle.count() > 0) await toggle.click()
          await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)))
          found.push(...(await Site.violations(page)).map((each) => `${width} ${colours}: ${each}`))
          if (process.env["CLUSTRIX_SCREENSHOTS"] !== undefined) {
            await page.screenshot({ path: path.join(process.env["CLUSTRIX_SCREENSHOTS"], `${width}-${colours}.png`) })
          }
        }
        assert.isFalse(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth))
      }
      assert.deepStrictEqual(found, [])
      await page.setViewportSize({ width: 1440, height: 900 })
    })

    it("says nothing bad on the console", () => assert.deepStrictEqual(chromium.problems, []))

    it("tells what is wrong with an endpoint", async () => {
      const closed = await serve(bench)
      const other = await open()
      try {
        const { page } = other
        await connect(page, "http://127.0.0.1:1", "")
        await alert(page, "127.0.0.1:1 cannot be reached")
        await connect(page, "http://clusters.example.org", token)
        await alert(page, "The page speaks to another machine by https only")
        await connect(page, closed.endpoint, token)
        await alert(page, `clustrix serve --allow-origin ${origin()}`)
        await connect(page, `${siteOf().server.url}nothing`, token)
        await alert(page, "is not a deploy endpoint that this page understands")
        await connect(page, server.endpoint, "")
        await alert(page, "wants a token")
        await connect(page, server.endpoint, "another-token-of-the-tests-0123456")
        await alert(page, "does not know this token")
        assert.isTrue(await page.getByRole("button", { name: "Deploy", exact: true }).isDisabled())
      } finally {
        await other.close()
      }
    }, 240_000)

    it("says that a package is too large before it is sent", async () => {
      const small = await serve(bench, "--allow-origin", origin(), "--max-package", "1K")
      const { page } = chromium
      const sent: Array<string> = []
      const listen = (request: { readonly method: () => string }): void => {
        sent.push(request.method())
      }
      await connect(page, small.endpoint, token)
      await connected(page, "local")
      page.on("request", listen)
      await page.getByRole("button", { name: "Deploy", exact: true }).click()
      await alert(page, "This endpoint takes")
      page.off("request", listen)
      assert.notInclude(sent, "PUT")
    })

    it("goes on with a job when the server is started anew, and sees nothing twice", async () => {
      const first = await serve(bench, "--allow-origin", origin())
      const other = await open()
      try {
        const { page } = other
        await connect(page, first.endpoint, token)
        await connected(page, "local")
        const gate = path.join(scratch, "gate-of-two-servers")
        await deploy(page, [{ n: 3 }], { gate })
        await page.getByRole("log").filter({ hasText: "before the gate" }).waitFor()
        await first.end("SIGKILL")
        await alert(page, "cannot be reached")
        servers.push(
          await start(bench, {
            words: ["--allow-origin", origin()],
            environment: { CLUSTRIX_SERVE_TOKEN: token },
            port: first.port
          })
        )
        writeFileSync(gate, "")
        await state(page, "succeeded")
        await page.locator(".job .outcome").waitFor()
        assert.deepStrictEqual(await valueOf(page), [6, 1])
        assert.strictEqual(await page.locator(".job .output").textContent(), "before the gate\nbehind the gate\n")
        assert.strictEqual(await page.getByRole("alert").filter({ hasText: "cannot be reached" }).count(), 0)
      } finally {
        await other.close()
      }
    }, 240_000)

    it("keeps the token when somebody asks for it, and forgets it again", async () => {
      const other = await open()
      try {
        const { page } = other
        const kept = page.getByLabel("Keep both in this browser")
        await connect(page, server.endpoint, token)
        await connected(page, "local")
        await kept.check()
        await page.reload()
        await Site.tab(page, "Deploy")
        assert.isTrue(await kept.isChecked())
        assert.strictEqual(await page.getByLabel("Token, if it wants one").inputValue(), token)
        // It is not asked before somebody says so
        assert.strictEqual(await page.locator(".connected[data-state=connected]").count(), 0)
        await page.getByRole("button", { name: "Connect" }).click()
        await connected(page, "local")
        await kept.uncheck()
        assert.isNull(await page.evaluate(() => localStorage.getItem("clustrix-endpoint")))
        assert.deepStrictEqual(other.problems, [])
      } finally {
        await other.close()
      }
    }, 240_000)

    it("asks before it sends a large package, and sends it once", async () => {
      writeFileSync(path.join(scratch, "project/noise.txt"), randomBytes(400_000).toString("base64"))
      const other = await open()
      try {
        const { page } = other
        const sent: Array<string> = []
        page.on("request", (request) => sent.push(request.method()))
        const before = await Site.packageId(page)
        await page.getByRole("button", { name: "Options" }).click()
        await page.getByLabel("Data files to add, globs, one a line").fill("noise.txt")
        await page.getByRole("button", { name: "Use them" }).click()
        await Site.packageId(page, (id) => id !== before)
        await connect(page, server.endpoint, token)
        await connected(page, "local")
        for (const n of [1, 2]) {
          await deploy(page, [{ n }])
          await page.locator(".jobs li").nth(n - 1).waitFor()
          await state(page, "succeeded")
          await page.locator(".job .outcome").waitFor()
          assert.deepStrictEqual(await valueOf(page), [2 * n, 1])
        }
        assert.strictEqual(sent.filter((method) => method === "PUT").length, 1)
      } finally {
        await other.close()
        rmSync(path.join(scratch, "project/noise.txt"))
      }
    }, 240_000)

    describe.skipIf(Sshd.missing !== undefined)("before a host over SSH", () => {
      let sshd: Sshd.Sshd

      afterAll(() => sshd?.stop())

      it("runs there, and the page sees nothing of the way", async () => {
        sshd = await Sshd.make()
        const far = path.join(scratch, "far")
        const there = await place(`cluster_type: ssh
cluster_host: 127.0.0.1
cluster_port: ${sshd.port}
username: ${Sshd.user}
key_file: ${path.join(sshd.directory, "id")}
known_hosts_file: ${sshd.known}
ssh_config_file: none
agent: false
remote_work_dir: ${far}
`)
        const behind = await serve(there, "--allow-origin", origin())
        const { page } = chromium
        await connect(page, behind.endpoint, token)
        await connected(page, "ssh")
        const jobs = await page.locator(".jobs li").count()
        const gate = path.join(scratch, "far-gate")
        await deploy(page, [{ n: 4 }], { gate })
        await page.locator(".jobs li").nth(jobs).waitFor()
        await page.getByRole("log").filter({ hasText: "before the gate" }).waitFor()
        // The way there is cut while the job runs
        sshd.cut()
        writeFileSync(gate, "")
        await state(page, "succeeded")
        await page.locator(".job .outcome").waitFor()
        assert.deepStrictEqual(await valueOf(page), [8, 1])
        assert.strictEqual(await page.locator(".job .output").textContent(), "before the gate\nbehind the gate\n")
        assert.deepStrictEqual(chromium.problems, [])
      })
    })
  })
}

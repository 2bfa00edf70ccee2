/**
 * What every Transport must do.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as RandomAccess from "../../core/archive/RandomAccess.ts"
import { Transport } from "../../core/cluster/Transport.ts"

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

type Effectful = <A, E>(title: string, body: (t: typeof Transport.Service) => Effect.Effect<A, E>) => void

const commands = (effect: Effectful, directory: () => string): void => {
  effect("runs commands: output, input, exit codes, signals, the directory", (t) =>
    Effect.gen(function*() {
      const there = directory()
      assert.deepStrictEqual(yield* t.exec("echo out; echo err >&2; exit 7"), {
        stdout: "out\n",
        stderr: "err\n",
        exitCode: 7
      })
      const big = "ä\n".repeat(200_000)
      assert.strictEqual((yield* t.exec("cat", { stdin: big })).stdout, big)
      // A command that does not read its input.
      assert.strictEqual((yield* t.exec("true", { stdin: big })).exitCode, 0)
      assert.strictEqual((yield* t.exec("pwd -P", { workingDirectory: there })).stdout, `${there}\n`)
      assert.strictEqual((yield* t.exec("kill -9 $$")).exitCode, 137)
      assert.strictEqual((yield* t.exec("nonsense-command")).exitCode, 127)
    }))

  effect("ends a command that prints without end", (t) =>
    Effect.gen(function*() {
      const there = directory()
      const error = yield* Effect.flip(t.exec("echo $$ > pid; yes 'on and on and on and on and on'", {
        workingDirectory: there
      }))
      assert.strictEqual(error.reason, "Unavailable")
      assert.include(error.message, "prints without end")
      yield* Effect.sleep(500)
      const left = yield* t.exec("ps -o stat= -g $(cat pid) | grep -vc Z", { workingDirectory: there })
      assert.strictEqual(left.stdout.trim(), "0")
    }))

  effect("ends a command that is interrupted, and what it started", (t) =>
    Effect.gen(function*() {
      const there = directory()
      const running = yield* Effect.fork(t.exec("echo $$ > pid; sleep 60 & wait", { workingDirectory: there }))
      yield* Effect.repeat(t.exists(`${there}/pid`), { until: (found) => found })
      yield* Effect.sleep(50)
      yield* Fiber.interrupt(running)
      yield* Effect.sleep(50)
      // One that nobody has reaped yet is as good as gone.
      const left = yield* t.exec("ps -o stat= -g $(cat pid) | grep -vc Z", { workingDirectory: there })
      assert.strictEqual(left.stdout.trim(), "0")
    }))
}

/**
 * `directory` makes a new, empty, absolute directory on the other side each time. `hasShell`: a memory has files only, and
 * refuses commands by name.
 */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<Transport, E>,
  directory: () => string,
  { hasShell = true }: { readonly hasShell?: boolean } = {}
): void => {
  describe(`Transport (${name})`, () => {
    const effect = <A, E2>(title: string, body: (t: typeof Transport.Service) => Effect.Effect<A, E2>) =>
      it.live(title, () => Effect.flatMap(Transport, body).pipe(Effect.provide(layer)), 30_000)

    if (hasShell) commands(effect, directory)
    else {
      effect(
        "refuses commands by name",
        (t) => Effect.map(Effect.flip(t.exec("true")), ({ reason }) => assert.strictEqual(reason, "Unavailable"))
      )
    }

    effect("writes files whole, private, and reads them from anywhere", (t) =>
      Effect.gen(function*() {
        const there = directory()
        yield* t.writeFile(`${there}/a b ☃`, "0123456789")
        assert.strictEqual(text(yield* t.readFile(`${there}/a b ☃`)), "0123456789")
        assert.strictEqual(text(yield* t.readFile(`${there}/a b ☃`, 7)), "789")
        assert.strictEqual((yield* t.readFile(`${there}/a b ☃`, 99)).length, 0)
        assert.strictEqual(text(yield* t.readFile(`${there}/a b ☃`, 2, 3)), "234")
        assert.strictEqual(text(yield* t.readFile(`${there}/a b ☃`, 8, 3)), "89")
        assert.strictEqual(text(yield* t.readFile(`${there}/a b ☃`, 0, 0)), "")
        assert.strictEqual((yield* Effect.promise(() => t.files.stat(`${there}/a b ☃`))).mode & 0o777, 0o600)
        yield* t.writeFile(`${there}/a b ☃`, new Uint8Array([1]), 0o700)
        assert.deepStrictEqual([...(yield* t.readFile(`${there}/a b ☃`))], [1])
        assert.strictEqual((yield* Effect.promise(() => t.files.stat(`${there}/a b ☃`))).mode & 0o777, 0o700)
        assert.deepStrictEqual(yield* t.list(there), ["a b ☃"])
      }))

    effect("answers where nobody may interrupt it", (t) => {
      const there = directory()
      return t.makeDirectory(`${there}/a`).pipe(
        Effect.zipRight(t.writeFile(`${there}/a/b`, "c")),
        Effect.zipRight(t.readFile(`${there}/a/b`)),
        Effect.map((bytes) => assert.strictEqual(text(bytes), "c")),
        Effect.uninterruptible
      )
    })

    effect("copies files there and back", (t) =>
      Effect.gen(function*() {
        const there = directory()
        for (const size of [0, 1, 300_000, 12_345_678]) {
          const bytes = new Uint8Array(size).map((_, index) => index % 251)
          const seen: Array<number> = []
          yield* t.upload(RandomAccess.fromBytes(bytes), `${there}/one`, { progress: (count) => seen.push(count) })
          assert.strictEqual(seen.at(-1) ?? 0, size)
          const pieces = yield* Stream.runCollect(t.download(`${there}/one`))
          assert.isTrue(Buffer.concat([...pieces]).equals(bytes))
          assert.isTrue(Buffer.from(yield* t.readFile(`${there}/one`)).equals(bytes))
          assert.deepStrictEqual(yield* t.list(there), ["one"])
        }
        const missing = yield* Effect.flip(Stream.runDrain(t.download(`${there}/none`)))
        assert.strictEqual(missing.reason, "NotFound")
      }))

    effect("continues an upload that was left", (t) =>
      Effect.gen(function*() {
        const there = directory()
        const bytes = new Uint8Array(20_000_000).map((_, index) => index % 253)
        const partial = `${there}/partial`
        const begun = yield* Effect.fork(t.upload(
          {
            ...RandomAccess.fromBytes(bytes),
            read: (offset, length) =>
              offset > 15_000_000 ? Effect.never : RandomAccess.fromBytes(bytes).read(offset, length)
          },
          `${there}/one`,
          { partial }
        ))
        yield* Effect.repeat(Effect.promise(() => t.files.stat(partial).then((status) => status.size, () => 0)), {
          until: (size) => size > 14_000_000
        })
        yield* Fiber.interrupt(begun)
        assert.isFalse(yield* t.exists(`${there}/one`))
        yield* t.upload(RandomAccess.fromBytes(bytes), `${there}/one`, { partial })
        assert.isTrue(Buffer.from(yield* t.readFile(`${there}/one`)).equals(bytes))
        assert.deepStrictEqual(yield* t.list(there), ["one"])
      }))

    effect("makes, lists and removes directories", (t) =>
      Effect.gen(function*() {
        const there = directory()
        yield* t.makeDirectory(`${there}/x/y`)
        yield* t.makeDirectory(`${there}/x/y`)
        assert.strictEqual((yield* Effect.promise(() => t.files.stat(`${there}/x/y`))).mode & 0o777, 0o700)
        yield* t.makeNewDirectory(`${there}/z`)
        assert.strictEqual((yield* Effect.flip(t.makeNewDirectory(`${there}/z`))).reason, "AlreadyExists")
        assert.deepStrictEqual(yield* t.list(there), ["x", "z"])
        assert.isTrue(yield* t.exists(`${there}/x/y`))
        yield* t.remove(`${there}/x`)
        yield* t.remove(`${there}/x`)
        assert.isFalse(yield* t.exists(`${there}/x/y`))
      }))

    effect("fails by name, and leaves nothing behind", (t) =>
      Effect.gen(function*() {
        const there = directory()
        const missing = yield* Effect.flip(t.readFile(`${there}/none`))
        assert.strictEqual(missing.reason, "NotFound")
        assert.include(missing.message, `${there}/none`)
        assert.strictEqual((yield* Effect.flip(t.list(`${there}/none`))).reason, "NotFound")
        assert.strictEqual((yield* Effect.flip(t.writeFile(`${there}/none/x`, "1"))).reason, "NotFound")
        yield* t.makeDirectory(`${there}/directory/x`)
        yield* Effect.flip(t.writeFile(`${there}/directory`, "1"))
        assert.deepStrictEqual(yield* t.list(there), ["directory"])
      }))
  })
}

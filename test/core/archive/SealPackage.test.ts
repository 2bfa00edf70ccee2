import { assert, describe, it } from "@effect/vitest"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { truncateSync, utimesSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as PackageEntry from "../../../core/archive/PackageEntry.ts"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import { openPackage, verifyPackage } from "../../../core/archive/OpenPackage.ts"
import { type SealInput, sealPackage } from "../../../core/archive/SealPackage.ts"
import * as Metadata from "../../../core/archive/Metadata.ts"
import * as PackageStore from "../../../core/archive/PackageStore.ts"
import * as NodePackageStore from "../../../platform-node/PackageStore.ts"
import * as BrowserHasher from "../../../platform-browser/Hasher.ts"
import * as sample from "./sample.ts"

const with_ = (change: Partial<SealInput>): SealInput => ({ ...sample.input, ...change })
const plus = (...more: ReadonlyArray<PackageEntry.PackageEntry>): SealInput =>
  with_({ entries: [...sample.entries, ...more] })

const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

/** A file of the disk with these bytes, as an entry. */
const onDisk = (name: string, bytes: Uint8Array) =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const file = path.join(yield* temporary, "file")
    yield* (yield* FileSystem.FileSystem).writeFile(file, bytes)
    return PackageEntry.file(name, file, bytes.length)
  })

describe("sealPackage", () => {
  it.effect("writes what openPackage reads", () =>
    Effect.gen(function*() {
      const sealed = yield* sample.seal(sample.input)
      const opened = yield* verifyPackage(RandomAccess.fromBytes(sealed.bytes), { expectedDigest: sealed.digest })
      assert.deepStrictEqual(opened.manifest, sealed.manifest)
      assert.deepStrictEqual(opened.metadata, sample.input.metadata)
      assert.strictEqual(sealed.sizeBytes, sealed.bytes.length)
      assert.strictEqual(sealed.fileName, `clustrix_package_${sealed.digest.slice(0, 16)}.zip`)
      for (const { content, path } of sample.entries) {
        if (content._tag === "Bytes") assert.deepStrictEqual([...yield* opened.read(path)], [...content.bytes])
      }
      assert.deepStrictEqual(opened.entries.map((entry) => `${entry.mode} ${entry.path}`), [
        "0644 data/a.csv",
        "0644 data/empty.bin",
        "0644 data/ünïcode – ☃.txt",
        "0755 execute.mjs",
        "0644 metadata.json",
        `0644 ${sample.module}`
      ])
      assert.strictEqual(sealed.digest, createHash("sha256").update(opened.manifestText).digest("hex"))
    }).pipe(Effect.provide(sample.platform)))

  it.effect("gives the bytes that format version 3 has always given", () =>
    Effect.gen(function*() {
      const sealed = yield* sample.seal(plus(
        PackageEntry.bytes("data/noise.bin", sample.noise(100_000)),
        PackageEntry.text("data/long.txt", "0123456789 abcdefghij\n".repeat(20_000))
      ))
      // When one of these changes, so does Manifest.formatVersion.
      assert.strictEqual(sealed.digest, "11689c849b5c3401d09a39a957f44f2b1a0a275dba2a2ac9512b94386de2bd25")
      assert.strictEqual(
        createHash("sha256").update(sealed.bytes).digest("hex"),
        "e8adea2eb668ce17385eca47573dc25e50d0d0d92c83b8f641b80f02a10b11cb"
      )
    }).pipe(Effect.provide(sample.platform)))

  it.effect("satisfies unzip, Python and bsdtar", () =>
    Effect.gen(function*() {
      const path = yield* Path.Path
      const directory = yield* temporary
      const { bytes } = yield* sample.seal(plus(
        PackageEntry.bytes("data/noise.bin", sample.noise(200_000)),
        PackageEntry.bytes("bin/program", new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2]))
      ))
      const zip = path.join(directory, "package.zip")
      writeFileSync(zip, bytes)
      const run = (command: string, ...args: ReadonlyArray<string>): string =>
        execFileSync(command, args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C.UTF-8" } })
      assert.include(run("unzip", "-t", zip), "No errors detected")
      assert.include(run("python3", "-m", "zipfile", "-t", zip), "Done testing")
      const listed = run("bsdtar", "-tvf", zip)
      assert.include(listed, "data/ünïcode – ☃.txt")
      assert.match(listed, /-rwxr-xr-x .* bin\/program/)
      assert.match(listed, /-rw-r--r-- .* data\/a\.csv/)
    }).pipe(Effect.scoped, Effect.provide(sample.platform)))

  it.effect("is read by the original's own inspect_package", () =>
    Effect.gen(function*() {
      const path = yield* Path.Path
      const zip = path.join(yield* temporary, "package.zip")
      const { bytes } = yield* sample.seal(sample.input)
      writeFileSync(zip, bytes)
      const script = fileURLToPath(new URL("../../fixtures/inspect_package.py", import.meta.url))
      const printed = execFileSync("python3", [
        "-c",
        `import sys; exec(open(sys.argv[1]).read()); inspect_package(sys.argv[2])`,
        script,
        zip
      ], { encoding: "utf8", env: { ...process.env, PYTHONIOENCODING: "utf-8" } })
      assert.include(printed, "  execute.mjs (1,520 bytes)\n")
      assert.strictEqual(
        printed.slice(printed.indexOf("\nFunction metadata:")),
        [
          "",
          "Function metadata:",
          "  Name: mainAnalysis",
          "  Has dependencies: True",
          "  Filesystem operations: True",
          "",
          "Detected imports:",
          "  csv-parse (from)",
          "  node:fs (direct)",
          "",
          "Filesystem operations:",
          "  clusterFind() on line 5",
          "  clusterStat() on line 12",
          ""
        ].join("\n")
      )
    }).pipe(Effect.scoped, Effect.provide(sample.platform)))

  describe("does not change the package", () => {
    it.effect.prop(
      "with the order of the entries, of option keys, and of the metadata's lists",
      [FastCheck.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), FastCheck.boolean()],
      ([order, reversed]) =>
        Effect.gen(function*() {
          const flip = <A>(list: ReadonlyArray<A>): ReadonlyArray<A> => reversed ? [...list].reverse() : list
          const { metadataInput } = sample
          const sealed = yield* sample.seal({
            ...sample.input,
            entries: order.flatMap((index) => sample.entries.slice(index, index + 1)),
            options: reversed ? { include: ["data/**"], dependencies: "install" } : sample.input.options,
            metadata: Metadata.make({
              ...metadataInput,
              imports: flip(metadataInput.imports.map((one) => ({ ...one, names: flip(one.names) }))),
              filesystemCalls: flip(metadataInput.filesystemCalls),
              declarations: flip(metadataInput.declarations)
            })
          })
          const plain = yield* sample.seal(sample.input)
          assert.strictEqual(sealed.digest, plain.digest)
          assert.isTrue(Buffer.from(sealed.bytes).equals(plain.bytes))
        }).pipe(Effect.provide(sample.platform)),
      { fastCheck: { numRuns: 25 } }
    )

    for (const length of [0, 1, 65_535, 65_536, 65_537, 1_048_575, 1_048_576, 1_048_577, 2_500_000]) {
      it.effect(`whether ${length} bytes come from memory or a file`, () =>
        Effect.gen(function*() {
          for (const bytes of [sample.noise(length), sample.noise(length).map((byte) => byte & 7)]) {
            const memory = yield* sample.seal(plus(PackageEntry.bytes("data/x", bytes)))
            const disk = yield* sample.seal(plus(yield* onDisk("data/x", bytes)))
            assert.strictEqual(disk.digest, memory.digest)
            assert.isTrue(Buffer.from(disk.bytes).equals(memory.bytes))
            const opened = yield* verifyPackage(RandomAccess.fromBytes(disk.bytes))
            assert.isTrue(Buffer.from(bytes).equals(yield* opened.read("data/x")))
          }
        }).pipe(Effect.scoped, Effect.provide(sample.platform)))
    }

    it.effect.prop(
      "however a file system splits its reads",
      [FastCheck.array(FastCheck.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 10 })],
      ([sizes]) =>
        Effect.gen(function*() {
          const bytes = sample.noise(400_000).map((byte) => byte & 15)
          const entry = yield* onDisk("data/x", bytes)
          const fs = yield* FileSystem.FileSystem
          let turn = 0
          // The real file, whose reads return less than asked for, as pipes and network file systems do.
          const splitting: FileSystem.FileSystem = {
            ...fs,
            open: (path, options) =>
              Effect.map(fs.open(path, options), (file) =>
                new Proxy(file, {
                  get: (target, key) =>
                    key === "read"
                      ? (buffer: Uint8Array) => target.read(buffer.subarray(0, sizes[turn++ % sizes.length]))
                      : Reflect.get(target, key, target)
                }))
          }
          const split = yield* sample.seal(plus(entry)).pipe(Effect.provideService(FileSystem.FileSystem, splitting))
          const whole = yield* sample.seal(plus(PackageEntry.bytes("data/x", bytes)))
          assert.isTrue(Buffer.from(split.bytes).equals(whole.bytes))
        }).pipe(Effect.scoped, Effect.provide(sample.platform)),
      { fastCheck: { numRuns: 10 } }
    )

    it.effect("whether the reasons of its files are known", () =>
      Effect.gen(function*() {
        const reasons = with_({ entries: sample.entries.map((entry) => ({ ...entry, reason: ["because"] })) })
        assert.strictEqual((yield* sample.seal(reasons)).digest, (yield* sample.seal(sample.input)).digest)
      }).pipe(Effect.provide(sample.platform)))

    it.effect("with the modification time and the permissions of a file", () =>
      Effect.gen(function*() {
        const bytes = sample.noise(1000)
        const digests: Array<string> = []
        for (const mode of [0o400, 0o777]) {
          const entry = yield* onDisk("data/x", bytes)
          if (entry.content._tag !== "File") continue
          utimesSync(entry.content.file, mode, mode)
          yield* (yield* FileSystem.FileSystem).chmod(entry.content.file, mode)
          digests.push(createHash("sha256").update((yield* sample.seal(plus(entry))).bytes).digest("hex"))
        }
        assert.strictEqual(digests[0], digests[1])
      }).pipe(Effect.scoped, Effect.provide(sample.platform)))

    it.effect("with the implementation of SHA-256", () =>
      Effect.gen(function*() {
        const node = yield* sample.seal(sample.input)
        const browser = yield* sample.seal(sample.input).pipe(Effect.provide(BrowserHasher.layer))
        assert.isTrue(Buffer.from(node.bytes).equals(browser.bytes))
      }).pipe(Effect.provide(sample.platform)))
  })

  describe("changes digest and bytes", () => {
    const [first, ...rest] = sample.entries
    const changes: Readonly<Record<string, SealInput>> = {
      "with a byte of a file": with_({
        entries: [PackageEntry.text("execute.mjs", "#!/usr/bin/env node\nx"), ...rest]
      }),
      "with the path of a file": with_({
        entries: [...rest, PackageEntry.text("run.mjs", `#!/usr/bin/env node\n${"console.log(1)\n".repeat(100)}`)]
      }),
      "with one file more": plus(PackageEntry.text("data/b", "")),
      "with one file less": with_({ entries: rest }),
      "with what makes a file executable": plus(PackageEntry.text("data/b", "#!")),
      "with an option": with_({ options: { dependencies: "vendor", include: ["data/**"] } }),
      "with the order of an option's list": with_({ options: { dependencies: "install", include: ["a", "b"] } }),
      "with the same list in another order": with_({ options: { dependencies: "install", include: ["b", "a"] } }),
      "with the export": with_({ entry: { module: sample.module, export: "other", kind: "function" } }),
      "with the kind": with_({ entry: { module: sample.module, export: "mainAnalysis", kind: "method" } }),
      "with the metadata": with_({ metadata: Metadata.make({ ...sample.metadataInput, filesystemCalls: [] }) }),
      "with the format version": with_({ formatVersion: 1 })
    }
    it.effect("all of these", () =>
      Effect.gen(function*() {
        assert.isDefined(first)
        const seen = new Map<string, string>()
        for (const [name, input] of Object.entries({ "as it is": sample.input, ...changes })) {
          const sealed = yield* sample.seal(input)
          const bytes = createHash("sha256").update(sealed.bytes).digest("hex")
          assert.isFalse(seen.has(sealed.digest), name)
          assert.isFalse([...seen.values()].includes(bytes), name)
          seen.set(sealed.digest, bytes)
        }
      }).pipe(Effect.provide(sample.platform)))

    it.effect.prop(
      "exactly when the files differ",
      [
        FastCheck.dictionary(FastCheck.stringMatching(/^[a-c]{1,2}$/), FastCheck.uint8Array({ maxLength: 3 }), {
          maxKeys: 3
        }),
        FastCheck.dictionary(FastCheck.stringMatching(/^[a-c]{1,2}$/), FastCheck.uint8Array({ maxLength: 3 }), {
          maxKeys: 3
        })
      ],
      ([a, b]) =>
        Effect.gen(function*() {
          const of = (files: Record<string, Uint8Array>): SealInput =>
            plus(...Object.entries(files).map(([name, bytes]) => PackageEntry.bytes(`data/x-${name}`, bytes)))
          const text = (files: Record<string, Uint8Array>): string =>
            JSON.stringify(Object.entries(files).map(([name, bytes]) => [name, [...bytes]]).sort())
          const [x, y] = [yield* sample.seal(of(a)), yield* sample.seal(of(b))]
          assert.strictEqual(x.digest === y.digest, text(a) === text(b))
          assert.strictEqual(Buffer.from(x.bytes).equals(y.bytes), text(a) === text(b))
        }).pipe(Effect.provide(sample.platform)),
      { fastCheck: { numRuns: 40 } }
    )
  })

  describe("refuses", () => {
    const refused = (input: SealInput) => Effect.flip(sample.seal(input)).pipe(Effect.provide(sample.platform))

    for (
      const path of [
        "",
        "/etc/passwd",
        "../x",
        "a/../b",
        "./a",
        "a//b",
        "a/",
        "a\\b",
        "C:x",
        "data/NUL",
        "data/aux.csv",
        "data/trailing.",
        "data/trailing ",
        "data/12:30.csv",
        "a\u0000b",
        "a\nb",
        "u\u0308",
        "\ud800",
        "a".repeat(256)
      ]
    ) {
      it.effect(`the path ${JSON.stringify(path.slice(0, 20))}`, () =>
        Effect.gen(function*() {
          const error = yield* refused(plus(PackageEntry.text(path, "")))
          assert.deepInclude(error, { _tag: "EntryPathError", reason: "Unsafe" })
        }))
    }

    for (const path of ["manifest.json", "metadata.json", "Manifest.JSON"]) {
      it.effect(`the reserved path ${path}`, () =>
        Effect.gen(function*() {
          assert.deepInclude(yield* refused(plus(PackageEntry.text(path, ""))), {
            _tag: "EntryPathError",
            reason: "Reserved"
          })
        }))
    }

    for (
      const [reason, a, b] of [
        ["Duplicate", "data/x", "data/x"],
        ["CaseFolding", "data/x", "data/X"],
        ["CaseFolding", "more/x/1", "More/x/2"],
        ["CaseFolding", "data/straße", "data/STRASSE"],
        ["CaseFolding", "data/ς", "data/σ"],
        ["Directory", "data/x", "data/x/y"],
        ["Directory", "data/x/y", "data/x"]
      ] as const
    ) {
      it.effect(`${a} beside ${b}`, () =>
        Effect.gen(function*() {
          const error = yield* refused(plus(PackageEntry.text(a, ""), PackageEntry.text(b, "")))
          assert.deepInclude(error, { _tag: "PathCollisionError", reason, first: a, second: b })
          assert.include(error.message, JSON.stringify(a))
          assert.include(error.message, JSON.stringify(b))
        }))
    }

    it.effect("an entry function whose module is not packaged", () =>
      Effect.gen(function*() {
        const error = yield* refused(with_({ entry: { module: "none.mjs", export: "x", kind: "function" } }))
        assert.deepInclude(error, { _tag: "ManifestError", reason: "EntryModuleMissing" })
      }))

    it.effect("options that JSON cannot say", () =>
      Effect.gen(function*() {
        assert.deepInclude(yield* refused(with_({ options: { x: Number.NaN } })), {
          _tag: "ManifestError",
          reason: "Invalid"
        })
      }))

    it.effect("more than 4 GiB, before it reads or writes anything", () =>
      Effect.gen(function*() {
        const huge = (name: string, size: number) => PackageEntry.file(name, "/there/is/no/such/file", size)
        assert.deepInclude(yield* refused(plus(huge("x", 2 ** 32 - 1))), {
          _tag: "PackageLimitError",
          reason: "EntryTooLarge"
        })
        assert.deepInclude(yield* refused(plus(huge("x", 2 ** 31), huge("y", 2 ** 31))), {
          _tag: "PackageLimitError",
          reason: "PackageTooLarge"
        })
      }))

    it.effect("more than 65,534 files", () =>
      Effect.gen(function*() {
        const many = Array.from({ length: 65_532 }, (_, index) => PackageEntry.text(`many/${index}`, ""))
        assert.deepInclude(yield* refused(plus(...many)), { _tag: "PackageLimitError", reason: "TooManyEntries" })
      }))

    it.effect("a file that is gone, a folder, and a file of another size", () =>
      Effect.gen(function*() {
        const directory = yield* temporary
        const gone = yield* refused(plus(PackageEntry.file("x", `${directory}/none`, 5)))
        assert.deepInclude(gone, { _tag: "EntryReadError", reason: "NotFound" })
        const folder = yield* refused(plus(PackageEntry.file("x", directory, 5)))
        assert.deepInclude(folder, { _tag: "EntryReadError", reason: "NotAFile" })
        for (const announced of [0, 99, 101, 70_000, 2_000_000]) {
          const entry = yield* onDisk("x", sample.noise(100))
          if (entry.content._tag !== "File") continue
          const changed = yield* refused(plus({ ...entry, content: { ...entry.content, sizeBytes: announced } }))
          assert.deepInclude(changed, { _tag: "FileChangedError", reason: "Size" })
        }
      }).pipe(Effect.scoped, Effect.provide(sample.platform)))

    for (
      const [how, reason, change] of [
        ["is overwritten", "Content", (file: string) => writeFileSync(file, sample.noise(3_000_000, 7))],
        ["grows", "Size", (file: string) => writeFileSync(file, sample.noise(3_000_001))],
        ["shrinks", "Size", (file: string) => truncateSync(file, 10)]
      ] as const
    ) {
      it.effect(`a file that ${how} between digest and ZIP, leaving nothing behind`, () =>
        Effect.gen(function*() {
          const entry = yield* onDisk("data/x", sample.noise(3_000_000))
          const store = PackageStore.makeMemory()
          const { content } = entry
          if (content._tag !== "File") return
          // The store's staging begins between the two passes.
          const changing = { ...store, stage: Effect.zipRight(Effect.sync(() => change(content.file)), store.stage) }
          const error = yield* Effect.flip(
            Effect.provideService(sealPackage(plus(entry)), PackageStore.PackageStore, changing)
          )
          assert.deepInclude(error, { _tag: "FileChangedError", reason, file: content.file })
          assert.deepStrictEqual(yield* store.list, [])
        }).pipe(Effect.scoped, Effect.provide(sample.platform)))
    }

    it.effect("to overwrite another package of the same ID", () =>
      Effect.gen(function*() {
        const store = PackageStore.makeMemory()
        const seal = (input: SealInput) => Effect.provideService(sealPackage(input), PackageStore.PackageStore, store)
        const right = yield* seal(sample.input)
        const other = yield* seal(plus(PackageEntry.text("data/b", "")))
        // No two digests with 16 equal digits are known: another package under this name stands for one.
        yield* Effect.scoped(Effect.gen(function*() {
          const access = yield* store.open(other.fileName)
          const staged = yield* store.stage
          yield* staged.write(yield* access.read(0, access.sizeBytes))
          yield* staged.commit(right.fileName)
        }))
        const error = yield* Effect.flip(seal(sample.input))
        assert.deepInclude(error, { _tag: "PackageIdCollisionError", existing: other.digest, digest: right.digest })
      }).pipe(Effect.provide(sample.platform)))
  })

  it.effect("replaces a broken file of its name", () =>
    Effect.gen(function*() {
      const store = PackageStore.makeMemory()
      const seal = Effect.provideService(sealPackage(sample.input), PackageStore.PackageStore, store)
      const { fileName } = yield* seal
      yield* Effect.scoped(Effect.flatMap(store.stage, (staged) => staged.commit(fileName)))
      const sealed = yield* seal
      const opened = yield* Effect.scoped(Effect.flatMap(store.open(fileName), openPackage))
      assert.strictEqual(opened.digest, sealed.digest)
    }).pipe(Effect.provide(sample.platform)))

  it.effect("leaves nothing in the directory when it is interrupted at any write", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const store = yield* NodePackageStore.make(directory)
      for (const stopAt of [1, 2, 3]) {
        const reached = yield* Deferred.make<void>()
        let writes = 0
        const slow = {
          ...store,
          stage: Effect.map(store.stage, (staged) => ({
            ...staged,
            write: (bytes: Uint8Array) =>
              ++writes === stopAt
                ? Effect.zipRight(Deferred.succeed(reached, undefined), Effect.never)
                : staged.write(bytes)
          }))
        }
        const entry = PackageEntry.bytes("data/noise", sample.noise(5_000_000))
        const fiber = yield* Effect.fork(
          Effect.provideService(sealPackage(plus(entry)), PackageStore.PackageStore, slow)
        )
        yield* Deferred.await(reached)
        assert.lengthOf(yield* fs.readDirectory(directory), 1)
        yield* Fiber.interrupt(fiber)
        assert.deepStrictEqual(yield* fs.readDirectory(directory), [])
      }
    }).pipe(Effect.scoped, Effect.provide(sample.platform)))
})

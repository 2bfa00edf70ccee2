import { assert, describe, it } from "@effect/vitest"
import * as GitAddress from "../../../core/npm/GitAddress.ts"

const commit = "0123456789012345678901234567890123456789"

describe("the address of a commit", () => {
  it("is one for all spellings of a repository on a host that npm knows", () => {
    const spellings = [
      "https://github.com/u/r.git",
      "https://github.com/u/r",
      "git+https://github.com/u/r.git",
      "git+ssh://git@github.com/u/r.git",
      "ssh://git@github.com/u/r.git",
      "git://github.com/u/r.git",
      "git@github.com:u/r.git"
    ]
    for (const spelling of spellings) {
      assert.strictEqual(GitAddress.make(spelling, commit), `git+ssh://git@github.com/u/r.git#${commit}`, spelling)
    }
  })

  it("keeps the protocol, the user and the path on other hosts", () => {
    const cases = [
      ["https://git.example/a/b/r.git", `git+https://git.example/a/b/r.git#${commit}`],
      ["git://git.example/r", `git://git.example/r#${commit}`],
      ["git@git.example:u/r.git", `git+ssh://git@git.example/u/r.git#${commit}`],
      // A secret is seen, and refused, where it is.
      ["https://me:token@github.com/u/r.git", `git+https://me:token@github.com/u/r.git#${commit}`],
      ["file:///srv/r.git", `git+file:///srv/r.git#${commit}`]
    ] as const
    for (const [repository, address] of cases) assert.strictEqual(GitAddress.make(repository, commit), address)
  })

  it("is that of the archives which hosts make of it", () => {
    const cases = [
      [`https://codeload.github.com/u/r/tar.gz/${commit}`, `git+ssh://git@github.com/u/r.git#${commit}`],
      [
        `https://gitlab.com/api/v4/projects/u%2Fr/repository/archive.tar.gz?ref=${commit}`,
        `git+ssh://git@gitlab.com/u/r.git#${commit}`
      ],
      [`https://bitbucket.org/u/r/get/${commit}.tar.gz`, `git+ssh://git@bitbucket.org/u/r.git#${commit}`],
      ["https://codeload.github.com/u/r/tar.gz/main", undefined],
      ["https://example.com/r.tgz", undefined]
    ] as const
    for (const [archive, address] of cases) assert.strictEqual(GitAddress.fromArchive(archive), address)
  })

  it("is read from yarn's", () => {
    const expected = `git+ssh://git@github.com/u/r.git#${commit}`
    assert.strictEqual(GitAddress.fromResolved(`https://github.com/u/r.git#${commit}`), expected)
    assert.strictEqual(GitAddress.fromResolved(`https://github.com/u/r.git#commit=${commit}`), expected)
    assert.strictEqual(GitAddress.fromResolved(`git@github.com:u/r.git#commit=${commit}`), expected)
    assert.strictEqual(GitAddress.fromResolved(`https://codeload.github.com/u/r/tar.gz/${commit}#hash`), expected)
    assert.isUndefined(GitAddress.fromResolved("https://example.com/r.tgz#hash"))
    assert.isUndefined(GitAddress.fromResolved("https://github.com/u/r.git"))
  })
})

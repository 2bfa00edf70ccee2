/**
 * A host over SSH: one connection, many channels.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { randomUUID } from "node:crypto"
import { posix } from "node:path"
import type { SFTPWrapper } from "ssh2"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import * as Shell from "../../core/cluster/deploy/Shell.ts"
import { Transport, TransportError } from "../../core/cluster/Transport.ts"
import * as Sftp from "./Sftp.ts"
import * as SftpFiles from "./SftpFiles.ts"
import * as SftpFileSource from "./SftpFileSource.ts"
import * as SshCommand from "./SshCommand.ts"
import * as SshSession from "./SshSession.ts"
import * as SshTarget from "./SshTarget.ts"

/** The transport over `session`. */
export const make = (session: SshSession.SshSession): typeof Transport.Service => {
  const location = SshTarget.describe(session.target)

  const files = <A>(
    what: string,
    path: string,
    act: (sftp: SFTPWrapper, signal: AbortSignal) => Promise<A>,
    { isNew = false, progress }: { readonly isNew?: boolean; readonly progress?: () => number } = {}
  ): Effect.Effect<A, TransportError> =>
    session.files((sftp) =>
      Effect.catchAll(
        Effect.tryPromise({ try: (signal) => act(sftp, signal), catch: (cause) => cause }),
        (cause) => Effect.flatMap(Effect.promise(() => Sftp.toError(sftp, cause, what, path, isNew)), Effect.fail)
      ), { progress })

  const exec: typeof Transport.Service["exec"] = (script, options) => SshCommand.exec(session, script, options)

  /** Without a new connection: who waits for the failure has waited long enough. */
  const discard = (path: string) => session.filesIfOpen((sftp) => Sftp.done((done) => sftp.unlink(path, done)))

  /** Puts `from` in the place of `to`. Once it was cut, it may have been done already: then `from` is not there any more. */
  const replace = (from: string, to: string) => {
    let wasCut = false
    return files("Cannot write", to, (sftp) =>
      SftpFiles.replace(sftp, from, to).catch(async (cause: unknown) => {
        if (wasCut && Sftp.isNotFound(cause) && await Sftp.stat(sftp, to).then(() => true, () => false)) return
        wasCut ||= Sftp.isCut(cause)
        throw cause
      }))
  }

  const makeDirectory = async (sftp: SFTPWrapper, path: string, mode: number): Promise<void> => {
    try {
      await Sftp.done((done) => sftp.mkdir(path, { mode }, done))
    } catch (cause) {
      if (await Sftp.stat(sftp, path).then((stats) => stats.isDirectory(), () => false)) return
      const parent = posix.dirname(path)
      if (!Sftp.isNotFound(cause) || parent === path) throw cause
      await makeDirectory(sftp, parent, mode)
      return makeDirectory(sftp, path, mode)
    }
  }

  return {
    location,
    exec,
    readFile: (path, offset = 0, length = Infinity) =>
      Effect.suspend(() => {
        const reading = SftpFiles.newReading()
        return files(
          "Cannot read",
          path,
          (sftp, signal) => SftpFiles.read(sftp, path, offset, length, reading, signal),
          {
            progress: () => reading.bytes
          }
        )
      }),
    writeFile: (path, content, mode = 0o600) => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content
      const temporary = `${path}.${randomUUID()}.tmp`
      return Effect.onError(
        files("Cannot write", path, async (sftp, signal) => {
          await SftpFiles.write(sftp, temporary, bytes, mode)
          signal.throwIfAborted()
          await SftpFiles.replace(sftp, temporary, path)
        }),
        () => discard(temporary)
      )
    },
    upload: (source, to, { partial, progress = () => undefined } = {}) => {
      const temporary = partial ?? `${to}.${randomUUID()}.tmp`
      // The same name at each try: what is there already is not sent again
      const sent = Effect.suspend(() => {
        const uploading = SftpFiles.newUploading()
        return session.files((sftp) => SftpFiles.upload(sftp, source, temporary, progress, uploading), {
          progress: () => uploading.sure
        })
      })
      return sent.pipe(
        Effect.zipRight(Effect.suspend(() => replace(temporary, to))),
        Effect.onError(() => partial === undefined ? discard(temporary) : Effect.void)
      )
    },
    download: (from) =>
      Stream.paginateEffect(0, (offset) =>
        Effect.map(
          files("Cannot read", from, (sftp) => SftpFiles.readPiece(sftp, from, offset)),
          ({ bytes, isEnd }) => [bytes, isEnd ? Option.none() : Option.some(offset + bytes.length)]
        )).pipe(Stream.filter((bytes) => bytes.length > 0)),
    makeDirectory: (path, mode = 0o700) =>
      files("Cannot make the directory", path, (sftp) => makeDirectory(sftp, path, mode)),
    makeNewDirectory: (path, mode = 0o700) =>
      files("Cannot make the directory", path, (sftp) => Sftp.done((done) => sftp.mkdir(path, { mode }, done)), {
        isNew: true
      }),
    list: (path) =>
      files("Cannot list", path, async (sftp) =>
        (await Sftp.readDirectory(sftp, path)).map(({ filename }) => filename)
          .filter((name) => name !== "." && name !== "..").sort(Order.string)),
    realPath: (path) => files("Cannot find", path, (sftp) => Sftp.call((done) => sftp.realpath(path, done))),
    exists: (path) =>
      files("Cannot look for", path, (sftp) =>
        Sftp.stat(sftp, path).then(() => true, (cause: unknown) => {
          if (Sftp.isNotFound(cause)) return false
          throw cause
        })),
    remove: (path) =>
      Effect.flatMap(
        exec(`rm -rf -- ${Shell.quote(path)}`, { idempotent: true }),
        ({ exitCode, stderr }) =>
          exitCode === 0 ? Effect.void : Effect.fail(
            new TransportError({
              reason: "PermissionDenied",
              path,
              what: `Cannot remove ${path}`,
              why: Quotation.lastLines(stderr),
              remedy: "Remove it there by hand."
            })
          )
      ),
    files: SftpFileSource.make(session)
  }
}

/** A transport to `target`, connected when it is first used. */
export const scoped = (
  target: SshTarget.SshTarget
): Effect.Effect<typeof Transport.Service, never, Scope.Scope> => Effect.map(SshSession.make(target), make)

/** The host that `options` and OpenSSH's configuration files name. */
export const layer = (options: SshTarget.SshOptions): Layer.Layer<Transport, TransportError> =>
  Layer.scoped(Transport, Effect.flatMap(SshTarget.resolve(options), scoped))

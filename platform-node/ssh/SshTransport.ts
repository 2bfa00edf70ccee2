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
import * as Shell from "../../core/deploy/Shell.ts"
import { Transport, TransportError } from "../../core/Transport.ts"
import * as Sftp from "./Sftp.ts"
import * as SftpFiles from "./SftpFiles.ts"
import * as SftpFileSource from "./SftpFileSource.ts"
import * as SshCommand from "./SshCommand.ts"
import * as SshSession from "./SshSession.ts"
import * as SshTarget from "./SshTarget.ts"

/** The transport over `session`. */
export const make = (session: SshSession.SshSession): typeof Transport.Service => {
  const location = SshTarget.describe(session.target)

  /** What can be done again is done again when the connection was cut, and there had been one. */
  const again = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.retry(effect, {
      schedule: SshSession.reconnectSchedule,
      while: (error) => error instanceof TransportError && SshSession.isTransient(error) && session.hasConnected()
    })

  const files = <A>(
    what: string,
    path: string,
    act: (sftp: SFTPWrapper) => Promise<A>,
    isNew = false
  ): Effect.Effect<A, TransportError> =>
    again(Effect.flatMap(session.sftp, (sftp) =>
      Effect.catchAll(
        Effect.tryPromise({ try: () => act(sftp), catch: (cause) => cause }),
        (cause) => Effect.flatMap(Effect.promise(() => Sftp.toError(sftp, cause, what, path, isNew)), Effect.fail)
      )))

  const exec: typeof Transport.Service["exec"] = (script, options) => {
    const once = SshCommand.exec(session, script, options)
    return options?.idempotent === true ? again(once) : once
  }

  const discard = (path: string) => files("Cannot remove", path, (sftp) => Sftp.done((done) => sftp.unlink(path, done)))

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
    readFile: (path, offset = 0) => files("Cannot read", path, (sftp) => SftpFiles.read(sftp, path, offset)),
    writeFile: (path, content, mode = 0o600) => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content
      const temporary = `${path}.${randomUUID()}.tmp`
      return Effect.onError(
        files("Cannot write", path, async (sftp) => {
          await SftpFiles.write(sftp, temporary, bytes, mode)
          await SftpFiles.replace(sftp, temporary, path)
        }),
        () => Effect.ignore(discard(temporary))
      )
    },
    upload: (source, to, { partial, progress = () => undefined } = {}) => {
      const temporary = partial ?? `${to}.${randomUUID()}.tmp`
      // The same name at each try: what is there already is not sent again
      const sent = again(Effect.flatMap(session.sftp, (sftp) => SftpFiles.upload(sftp, source, temporary, progress)))
      return sent.pipe(
        Effect.zipRight(files("Cannot write", to, (sftp) => SftpFiles.replace(sftp, temporary, to))),
        Effect.onError(() => partial === undefined ? Effect.ignore(discard(temporary)) : Effect.void)
      )
    },
    download: (from) =>
      Stream.paginateEffect(0, (offset) =>
        Effect.map(
          files("Cannot read", from, (sftp) => SftpFiles.readPiece(sftp, from, offset)),
          (bytes) => [
            bytes,
            bytes.length < SftpFiles.pieceBytes ? Option.none() : Option.some(offset + bytes.length)
          ]
        )).pipe(Stream.filter((bytes) => bytes.length > 0)),
    makeDirectory: (path, mode = 0o700) =>
      files("Cannot make the directory", path, (sftp) => makeDirectory(sftp, path, mode)),
    makeNewDirectory: (path, mode = 0o700) =>
      files("Cannot make the directory", path, (sftp) => Sftp.done((done) => sftp.mkdir(path, { mode }, done)), true),
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
              why: stderr.trim(),
              remedy: "Remove it there by hand."
            })
          )
      ),
    files: SftpFileSource.make(session.sftp, again)
  }
}

/** A transport to `target`, connected when it is first used. */
export const scoped = (
  target: SshTarget.SshTarget
): Effect.Effect<typeof Transport.Service, never, Scope.Scope> => Effect.map(SshSession.make(target), make)

/** The host that `options` and OpenSSH's configuration files name. */
export const layer = (options: SshTarget.SshOptions): Layer.Layer<Transport, TransportError> =>
  Layer.scoped(Transport, Effect.flatMap(SshTarget.resolve(options), scoped))

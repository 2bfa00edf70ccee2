/** @jsxImportSource preact */
/**
 * Where to deploy: address and token, and who answers there.
 */
import * as Endpoint from "./Endpoint.ts"
import { Trouble } from "./Trouble.tsx"

const Status = () => {
  const now = Endpoint.connection.value
  if (now.state === "asking") return <>Asking ...</>
  if (now.state !== "connected") return null
  const { about, address } = now
  return (
    <>
      Connected to <code>{new URL(address).host}</code>: {about.clusterType}, by Clustrix {about.version}
    </>
  )
}

/** What Connect is going to do, before it does. */
const Sending = () => {
  const url = Endpoint.parseAddress(Endpoint.address.value)
  if (!(url instanceof URL)) return <>Nothing is sent before you press Connect.</>
  return Endpoint.token.value.trim() === ""
    ? (
      <>
        Connect asks <code>{url.host}</code> who is there. Nothing else is sent.
      </>
    )
    : (
      <>
        Connect sends the token to <code>{url.host}</code>, and to nobody else.
      </>
    )
}

export const EndpointForm = () => {
  const now = Endpoint.connection.value
  return (
    <form
      class="endpoint"
      aria-label="Endpoint"
      onSubmit={(event) => {
        event.preventDefault()
        void Endpoint.connect()
      }}
    >
      <div class="pair">
        <label class="field">
          <span>Address of the endpoint</span>
          <input
            type="url"
            required
            spellcheck={false}
            autocomplete="off"
            value={Endpoint.address.value}
            aria-invalid={now.state === "refused"}
            onInput={({ currentTarget }) => {
              Endpoint.address.value = currentTarget.value
              Endpoint.disconnect()
            }}
          />
        </label>
        <label class="field">
          <span>Token, if it wants one</span>
          <input
            type="password"
            spellcheck={false}
            autocomplete="off"
            value={Endpoint.token.value}
            onInput={({ currentTarget }) => {
              Endpoint.token.value = currentTarget.value
              Endpoint.disconnect()
            }}
          />
        </label>
      </div>
      <div class="row spread">
        <label class="check">
          <input
            type="checkbox"
            checked={Endpoint.keep.value}
            onChange={({ currentTarget }) => Endpoint.setKeep(currentTarget.checked)}
          />
          <span>Keep both in this browser</span>
        </label>
        <button type="submit" disabled={now.state === "asking"}>Connect</button>
      </div>
      <p class="note">
        <Sending />
      </p>
      <p class="note connected" role="status" data-state={now.state}>
        <Status />
      </p>
      <Trouble trouble={now.state === "refused" ? now.trouble : undefined} />
    </form>
  )
}

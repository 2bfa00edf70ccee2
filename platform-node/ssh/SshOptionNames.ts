/**
 * The options of ssh_config(5), and what becomes of each. An option that restricts is honoured, or the connection is refused by its
 * name; so is an option that is not known here, for nobody can tell what it restricts. The list is that of OpenSSH 10.
 */

/** What Clustrix does as OpenSSH does. */
const honoured = [
  "AddressFamily",
  "BatchMode",
  "BindAddress",
  "CheckHostIP",
  "Ciphers",
  "ConnectTimeout",
  "GlobalKnownHostsFile",
  "HashKnownHosts",
  "HostKeyAlgorithms",
  "HostKeyAlias",
  "HostName",
  "IdentitiesOnly",
  "IdentityAgent",
  "IdentityFile",
  "IgnoreUnknown",
  "KbdInteractiveAuthentication",
  "KexAlgorithms",
  "MACs",
  "NumberOfPasswordPrompts",
  "PasswordAuthentication",
  "Port",
  "PreferredAuthentications",
  "ProxyJump",
  "PubkeyAcceptedAlgorithms",
  "PubkeyAuthentication",
  "RequiredRSASize",
  "RevokedHostKeys",
  "StrictHostKeyChecking",
  "Tag",
  "User",
  "UserKnownHostsFile"
]

/**
 * What restricts nothing of what Clustrix does: further ways to log in, forwarding, terminals, messages; and what only makes looser
 * (`VerifyHostKeyDNS`), or concerns certificates of hosts, which are never accepted.
 */
const withoutEffect = [
  "AddKeysToAgent",
  "CanonicalDomains",
  "CanonicalizeFallbackLocal",
  "CanonicalizeMaxDots",
  "CanonicalizePermittedCNAMEs",
  "CASignatureAlgorithms",
  "CertificateFile",
  "ClearAllForwardings",
  "Compression",
  "ConnectionAttempts",
  "ControlMaster",
  "ControlPath",
  "ControlPersist",
  "DynamicForward",
  "EnableEscapeCommandline",
  "EnableSSHKeysign",
  "EscapeChar",
  "ExitOnForwardFailure",
  "FingerprintHash",
  "ForkAfterAuthentication",
  "ForwardAgent",
  "ForwardX11",
  "ForwardX11Timeout",
  "ForwardX11Trusted",
  "GatewayPorts",
  "GSSAPIAuthentication",
  "GSSAPIClientIdentity",
  "GSSAPIDelegateCredentials",
  "GSSAPIKexAlgorithms",
  "GSSAPIKeyExchange",
  "GSSAPIRenewalForcesRekey",
  "GSSAPIServerIdentity",
  "GSSAPITrustDns",
  "HostbasedAcceptedAlgorithms",
  "HostbasedAuthentication",
  "IPQoS",
  "LocalCommand",
  "LocalForward",
  "LogLevel",
  "LogVerbose",
  "NoHostAuthenticationForLocalhost",
  "ObscureKeystrokeTiming",
  "PermitLocalCommand",
  "PermitRemoteOpen",
  "PKCS11Provider",
  "ProxyUseFdpass",
  "RemoteForward",
  "RequestTTY",
  "SecurityKeyProvider",
  "SendEnv",
  "ServerAliveCountMax",
  "ServerAliveInterval",
  "SetEnv",
  "StdinNull",
  "StreamLocalBindMask",
  "StreamLocalBindUnlink",
  "SyslogFacility",
  "TCPKeepAlive",
  "Tunnel",
  "TunnelDevice",
  "UpdateHostKeys",
  "VerifyHostKeyDNS",
  "VersionAddendum",
  "VisualHostKey",
  "WarnWeakCrypto",
  "XAuthLocation",
  // Of Apple's OpenSSH
  "UseKeychain",
  // Deprecated, which OpenSSH passes over too
  "AfsTokenPassing",
  "Cipher",
  "CompressionLevel",
  "FallBackToRsh",
  "GlobalKnownHostsFile2",
  "KerberosAuthentication",
  "KerberosTgtPassing",
  "Protocol",
  "RhostsAuthentication",
  "RhostsRSAAuthentication",
  "RSAAuthentication",
  "SmartcardDevice",
  "UsePrivilegedPort",
  "UserKnownHostsFile2",
  "UseRoaming",
  "UseRsh"
]

/** What restricts and is not done here, with the values that restrict nothing. */
export const refused: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["BindInterface", []],
  ["ChannelTimeout", ["none"]],
  ["KbdInteractiveDevices", []],
  ["KnownHostsCommand", ["none"]],
  ["ProxyCommand", ["none"]],
  ["RefuseConnection", []],
  ["RekeyLimit", ["default", "default none", "none", "none none"]],
  ["RemoteCommand", ["none"]],
  ["SessionType", ["default"]]
])

/** Other spellings of one option. */
const aliases: Readonly<Record<string, string>> = {
  challengeresponseauthentication: "KbdInteractiveAuthentication",
  dsaauthentication: "PubkeyAuthentication",
  hostbasedacceptedkeytypes: "HostbasedAcceptedAlgorithms",
  hostbasedkeytypes: "HostbasedAcceptedAlgorithms",
  identityfile2: "IdentityFile",
  keepalive: "TCPKeepAlive",
  pubkeyacceptedkeytypes: "PubkeyAcceptedAlgorithms",
  // Of Red Hat's OpenSSH, before OpenSSH had it
  rsaminsize: "RequiredRSASize",
  skeyauthentication: "KbdInteractiveAuthentication",
  tisauthentication: "KbdInteractiveAuthentication"
}

const names: ReadonlyMap<string, string> = new Map(
  [...honoured, ...withoutEffect, "CanonicalizeHostname", ...refused.keys()].map((name) => [name.toLowerCase(), name])
)

/** The option that a keyword in lower case names, in OpenSSH's spelling; `undefined` for none that is known. */
export const nameOf = (keyword: string): string | undefined => aliases[keyword] ?? names.get(keyword)

const honouredNames: ReadonlySet<string> = new Set(honoured)

/** Whether Clustrix does as the option says. */
export const isHonoured = (name: string): boolean => honouredNames.has(name)

/**
 * An option of Node, for `NODE_OPTIONS`: until a process has a handler for SIGUSR1, that signal opens a debugger on this address.
 * 192.0.2.0/24 belongs to no machine (RFC 5737), so nothing can be opened there. `--disable-sigusr1` is not known before Node 22.14.
 */
export const debuggerGuard = "--inspect-port=192.0.2.1:9229"

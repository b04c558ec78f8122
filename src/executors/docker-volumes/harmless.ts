/** Lines on stderr of ssh and rsync that are no reason for anything, although they often come first. */
const HARMLESS = [
  // ssh
  /^Warning: Permanently added /,
  /^Warning: Identity file .* not accessible/,
  /^\*\* (WARNING|This session|The server may)/,
  /^(mux_client_|ControlSocket |Connection to .* closed|Killed by signal|Transferred: |Bytes per second)/,
  /^(X11 forwarding|Pseudo-terminal will not|Authenticated to |debug\d: )/,
  /(setlocale|cannot change locale|cannot set locale)/i,
  /^(perl: warning|\s+(LANGUAGE|LC_\w+|LANG) = |are supported and installed|locale: Cannot set)/,
  // rsync
  /^rsync error: /,
  /^rsync warning: /,
  /^rsync: (\[\w+\] )?(connection unexpectedly closed|(read|write) error: (Connection reset|Broken pipe))/,
  /^file has vanished: /,
  /^(skipping (non-regular|directory)|ignoring unsafe symlink|cannot delete non-empty directory)/,
  /^(IO error encountered -- skipping file deletion|\(see the rsync (man ?page|manual)|Password: $)/,
  /^\s*[@*#=_-]{3,}/,
];

/** What a tool itself says, and not the other host's greeting. */
const OF_THE_TOOL = /^(rsync|rsh|ssh|sh|bash|dash|ash|zsh|ksh|command|@?ERROR|[\w.-]+@[\w.:-]+)\b.*:/;

/**
 * The line that tells why a tool failed, from all that it wrote on stderr: not simply the first, which is often a
 * greeting or a warning. Empty when it said nothing.
 */
export function tellingLine(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.replace(/\p{Cc}/gu, ' ').trim())
    .filter((line) => line !== '');
  const grave = lines.filter((line) => !HARMLESS.some((form) => form.test(line)));
  return grave.find((line) => OF_THE_TOOL.test(line)) ?? grave.at(-1) ?? lines.at(-1) ?? '';
}

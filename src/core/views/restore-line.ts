/** What restores all that an archive holds, as root; a shell reads it. */
export function restoreLine(archive: string): string {
  const quoted = /^[\w./+:@%-]+$/.test(archive) ? archive : `'${archive.replaceAll("'", `'\\''`)}'`;
  return `mkdir restore && tar ${RESTORED.join(' ')} -C restore -f ${quoted}`;
}

const RESTORED = ['-xp', '--same-owner', '--numeric-owner', '--acls', '--xattrs', "--xattrs-include='*'"];

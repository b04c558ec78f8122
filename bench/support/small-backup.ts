import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a folder with files and the intent that backs it up, below a bot's folder. */
export async function writeBackup(
  dir: string,
  name: string,
  { files, bytes }: { readonly files: number; readonly bytes: number },
): Promise<void> {
  const source = join(dir, 'sources', name);
  await mkdir(source, { recursive: true });
  for (const folder of ['intents', 'backups']) await mkdir(join(dir, folder), { recursive: true });
  const content = Buffer.alloc(bytes, `What ${name} holds. `);
  for (let index = 0; index < files; index += 1) await writeFile(join(source, `file-${index}`), content);
  const intent = {
    action: 'backup',
    backup_type: 'files',
    stack: name,
    source,
    destination: join(dir, 'backups', name),
  };
  // JSON is YAML.
  await writeFile(join(dir, 'intents', `${name}.yaml`), JSON.stringify(intent));
}

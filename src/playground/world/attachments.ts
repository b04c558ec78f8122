import { refusal } from '../wire/api-error.js';
import { type FieldPath, formErrors } from '../wire/form-errors.js';
import { idOf, isObject, type JsonObject, objectOf, stringOf } from '../wire/json.js';
import type { Attachment } from '../wire/types.js';
import type { World } from './world.js';

/** One file of a multipart request. */
export interface Upload {
  /** The number in `files[n]`. */
  readonly key: string;
  readonly filename: string;
  readonly contentType: string;
  readonly data: Buffer;
}

/** A file's limit without Nitro: https://discord.com/developers/docs/reference#uploading-files */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 10;

interface Uploading {
  readonly channelId: string;
  readonly body: JsonObject;
  readonly uploads: readonly Upload[];
  /** Of the message that is edited. */
  readonly existing: readonly Attachment[];
  readonly path: FieldPath;
}

/**
 * The attachments that a message will have: those of `attachments` (kept ones by id, new ones by their
 * number among the files), then files that it doesn't name. Without `attachments` nothing is dropped.
 * @throws {ApiError} 40005 for a file that is too large, 50035 for an entry that matches nothing
 */
export function attachmentsFor(world: World, uploading: Uploading): readonly Attachment[] {
  const { channelId, body, uploads, existing, path } = uploading;
  if (uploads.some(({ data }) => data.length > MAX_FILE_BYTES)) throw refusal('tooLarge');
  const errors = formErrors();
  const listed = Array.isArray(body.attachments) ? body.attachments.filter(isObject) : null;
  const kept = (listed ?? existing).flatMap((entry, index): Attachment[] => {
    const upload = uploads.find(({ key }) => key === idOf(entry.id));
    if (upload) return [store(world, channelId, upload, objectOf(entry))];
    const old = existing.find(({ id }) => id === idOf(entry.id));
    if (!old) {
      errors.add(
        [...path, 'attachments', index],
        'ATTACHMENT_NOT_FOUND',
        'The attachment matches neither an uploaded file nor one that is there',
      );
    }
    return old ? [old] : [];
  });
  const named = new Set((listed ?? []).map((entry) => idOf(entry.id)));
  const rest = uploads.filter(({ key }) => !named.has(key)).map((upload) => store(world, channelId, upload));
  const all = [...kept, ...rest];
  if (all.length > MAX_FILES) {
    errors.add([...path, 'attachments'], 'BASE_TYPE_MAX_LENGTH', `Must be ${MAX_FILES} or fewer in length.`);
  }
  errors.throwIfAny();
  return all;
}

function store(world: World, channelId: string, upload: Upload, entry: JsonObject = {}): Attachment {
  const id = world.newId();
  const filename = safeName(stringOf(entry.filename) || upload.filename);
  world.files.set(id, { filename, contentType: upload.contentType, data: upload.data });
  const url = `${world.filesUrl.value}/${channelId}/${id}/${filename}`;
  return {
    id,
    filename,
    size: upload.data.length,
    url,
    proxy_url: url,
    content_type: upload.contentType,
    ...(typeof entry.description === 'string' ? { description: entry.description } : {}),
  };
}

/** Discord keeps letters, digits, dot, dash and underscore of a file's name. */
function safeName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]/g, '_') || 'unknown';
}

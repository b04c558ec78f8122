import type { FieldPath, FormErrors } from '../wire/form-errors.js';
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../wire/json.js';
import { checkList, checkText } from './check.js';

/** Characters over all embeds of a message. */
const TOTAL = 6000;

/** Checks embeds: https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
export function checkEmbeds(errors: FormErrors, path: FieldPath, embeds: unknown): void {
  let total = 0;
  checkList(errors, path, embeds, { max: 10 }, (embed, at) => {
    checkText(errors, [...at, 'title'], embed.title, { max: 256 });
    checkText(errors, [...at, 'description'], embed.description, { max: 4096 });
    if (embed.fields !== undefined) {
      checkList(errors, [...at, 'fields'], embed.fields, { max: 25 }, (field, fieldPath) => {
        checkText(errors, [...fieldPath, 'name'], field.name, { min: 1, max: 256, required: true });
        checkText(errors, [...fieldPath, 'value'], field.value, { min: 1, max: 1024, required: true });
      });
    }
    if (isObject(embed.footer)) {
      checkText(errors, [...at, 'footer', 'text'], embed.footer.text, { max: 2048, required: true });
    }
    if (isObject(embed.author)) {
      checkText(errors, [...at, 'author', 'name'], embed.author.name, { max: 256, required: true });
    }
    checkColor(errors, [...at, 'color'], embed.color);
    checkUrl(errors, [...at, 'url'], embed.url);
    total += sizeOf(embed);
    if (total > TOTAL) {
      errors.add(at, 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${TOTAL}`);
    }
  });
}

function checkColor(errors: FormErrors, path: FieldPath, color: unknown): void {
  if (color === undefined || color === null) return;
  if (typeof color !== 'number' || color < 0 || color > 0xffffff) {
    errors.add(path, 'NUMBER_TYPE_MAX', 'int value should be less than or equal to 16777215.');
  }
}

function checkUrl(errors: FormErrors, path: FieldPath, url: unknown): void {
  if (url === undefined || url === null || /^https?:\/\//.test(stringOf(url))) return;
  errors.add(path, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
}

function sizeOf(embed: JsonObject): number {
  const fields = arrayOf(embed.fields).map(objectOf);
  const texts = [
    embed.title,
    embed.description,
    objectOf(embed.footer).text,
    objectOf(embed.author).name,
    ...fields.flatMap((field) => [field.name, field.value]),
  ];
  return texts.reduce<number>((sum, text) => sum + stringOf(text).length, 0);
}

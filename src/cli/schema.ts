import { intentJsonSchema } from '../core/intent/json-schema.js';
import { EXIT } from './errors.js';
import type { Output } from './output.js';

/** `chatops schema`: the JSON Schema that an editor checks intent files with. It is JSON with or without `--json`. */
export async function schemaCommand(out: Output): Promise<number> {
  out.result(intentJsonSchema());
  return EXIT.done;
}

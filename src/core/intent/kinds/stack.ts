import type * as z from 'zod';
import { checked, described, name, oneOrMore, text } from '../../documents/forms.js';
import type { StackFields } from '../../model/fields.js';
import { localFault, localPath } from '../paths.js';
import type { Place } from './kind.js';
import { INTENT } from './shared.js';

/** Compose's own rule for names of projects. */
const project = text(/^[a-z0-9][a-z0-9_-]{0,99}$/, () => ({
  why: 'a project’s name is lower case letters, digits, dashes and underscores and begins with a letter or a digit',
  hint: 'Write it like media; `docker compose ls` lists them.',
}));

const profile = text(/^(?:\*|[A-Za-z0-9][A-Za-z0-9_.-]{0,99})$/, () => ({
  why: 'a profile is letters, digits, dots, underscores or dashes, or * for all of them',
  hint: 'Write it like debug.',
}));

/** Fields of what works on a Compose stack. */
export const STACK = {
  ...INTENT,
  stack: described(name('media'), 'The stack that this works on.', 'media'),
  compose: described(
    oneOrMore(checked(localFault), 20).optional(),
    'The stack’s folder, where Compose’s usual files are found; one Compose file, without its override; or a list of files. /opt/stacks/<stack> when left out.',
    '/opt/stacks/media',
  ),
  project: described(
    project.optional(),
    'The Compose project’s name; that of .env, the file or its folder when left out.',
    'media',
  ),
  env_files: described(
    oneOrMore(checked(localFault), 20).optional(),
    'Files with the variables of the Compose files; .env beside them when left out.',
    ['/opt/stacks/media/prod.env'],
  ),
  profiles: described(
    oneOrMore(profile, 50).optional(),
    'Compose profiles that are on; COMPOSE_PROFILES of .env, and those of what runs, when left out.',
    ['debug'],
  ),
};

type Document = z.output<z.ZodObject<Pick<typeof STACK, 'compose' | 'project' | 'env_files' | 'profiles'>>>;

/** How the stack is found, with absolute paths. */
export function stackFields(document: Document, place: Place): StackFields {
  const paths = (field: string, written: readonly string[]): readonly string[] =>
    written.map((path) => place.resolved(field, localPath(path, place.folder)));
  const written = document.compose ?? [];
  if (document.compose?.length === 0) {
    place.problem(
      ['compose'],
      'compose is an empty list.',
      'Write the folder or the files, or remove the line.',
    );
  }
  const [first, ...others] = paths('compose', written.length > 0 ? written : [`/opt/stacks/${place.stack}`]);
  return {
    compose: others.length > 0 ? [first ?? '', ...others] : (first ?? ''),
    ...(document.project === undefined ? {} : { project: document.project }),
    ...(document.env_files === undefined ? {} : { env_files: paths('env_files', document.env_files) }),
    ...(document.profiles === undefined ? {} : { profiles: document.profiles }),
  };
}

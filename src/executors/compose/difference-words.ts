import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { named } from '../shared/wording.js';
import type { MadeAlike, Meant } from './meant.js';
import type { OriginPaths } from './origin.js';

/** The files run as another project. */
export function otherProject({ inputs, project }: Meant, other: string): Notice {
  const message = phrase`${filesOf(inputs)} runs as project ${code(other)}, and this intent means project ${code(project)}, of which nothing runs.`;
  return differs(message, write(`project: ${other}`));
}

/** The project's name is that of a stack in another folder. */
export function otherFolder({ inputs, project }: Meant, its: MadeAlike, line: string | null): Notice {
  const message = phrase`The containers of project ${code(project)} (${named(its.services)}) were made from ${filesOf(its)}, and this intent uses ${filesOf(inputs)}.`;
  const remedy =
    line === null
      ? again(inputs.folder)
      : phrase`${write(line)} If both are meant, give this stack a project of its own: ${code(`project: ${project}-2`)}.`;
  return differs(message, remedy);
}

/** Made from other files of the same folder. */
export function otherFiles({ inputs }: Meant, its: MadeAlike, line: string | null): Notice {
  const message = phrase`${made(its)} from ${filesOf(its)}, and this intent uses ${filesOf(inputs)}.`;
  return differs(message, line === null ? again(inputs.folder) : write(line));
}

/** Made with other variables. */
export function otherEnv({ inputs }: Meant, its: MadeAlike, line: string | null): Notice {
  const message = phrase`${made(its)} with the variables of ${envOf(its)}, and this intent uses ${envOf(inputs)}.`;
  return differs(message, line === null ? phrase`Remove ${code('env_files')} from the intent.` : write(line));
}

/** Runs although its profile is off. */
export function otherProfiles(services: readonly string[], on: readonly string[], line: string): Notice {
  const which = on.length === 0 ? phrase`no profile` : named(on);
  const message = phrase`${named(services)} ${services.length === 1 ? 'runs' : 'run'} with another profile than this intent uses (${which}).`;
  return differs(message, write(line));
}

/** Is in no file any more, and still runs. */
export function orphaned(service: string, project: string): Notice {
  const filter = `docker ps --filter label=com.docker.compose.project=${project} --filter label=com.docker.compose.service=${service}`;
  return notice(
    'service_orphaned',
    phrase`${code(service)} is no longer in the Compose file and still runs.`,
    phrase`It is left alone. ${code(filter)} shows its containers; ${code('docker rm -f')} removes one.`,
  );
}

function differs(message: Phrase, remedy: Phrase): Notice {
  return notice('stack_differs', message, remedy);
}

function write(line: string): Phrase {
  return phrase`Write ${code(line)} in the intent.`;
}

function again(folder: string): Phrase {
  return phrase`If this change is intended, run ${code('docker compose up -d')} in ${code(folder)} once.`;
}

function made({ services }: MadeAlike): Phrase {
  return phrase`${named(services)} ${services.length === 1 ? 'was' : 'were'} made`;
}

/** `docker-compose.yml` and `docker-compose.override.yml` in `/opt/stacks/web`. */
function filesOf({ files, folder }: Pick<OriginPaths, 'files' | 'folder'>): Phrase {
  const isIn = files.every((file) => file.startsWith(`${folder}/`));
  if (!isIn || files.length === 0) return named(files.length > 0 ? files : [folder]);
  return phrase`${named(files.map((file) => file.slice(folder.length + 1)))} in ${code(folder)}`;
}

function envOf({ envFiles }: Pick<OriginPaths, 'envFiles'>): Phrase {
  return envFiles.length === 0 ? phrase`its folder (${code('.env')})` : named(envFiles);
}

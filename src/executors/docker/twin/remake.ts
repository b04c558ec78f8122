import type { Host } from '../../../core/ports/host.js';
import { inspectContainer, READ } from '../container.js';
import { askEngine, enginePath } from '../engine.js';
import { inspectImage } from '../image.js';
import { bodyBack, firstNetwork } from './bodies.js';
import { copyFiles } from './copy-files.js';
import { tellOf } from './inspected.js';
import { sharesNetwork, type TwinSpec } from './spec.js';
import type { Twin } from './twin.js';

export type Remade =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly why: string };

const PATIENT = { ...READ, timeoutMs: 120_000, afterStopMs: 60_000 } as const;

/**
 * Makes again the container that a twin was made of, under its name, and in the state that it was in. It needs no Compose, no
 * file and no registry. Until everything is in place it has another name, so that one by that name is never half made.
 * @param moved ids of containers that are gone, with the id of what took their place: it may live in their network
 */
export async function remake(host: Host, twin: Twin, moved: ReadonlyMap<string, string>): Promise<Remade> {
  const { spec } = twin;
  const told = await tellOf(host, twin.id);
  if (!told.ok) return failed(told.why);
  const temporary = `chatops-back-${twin.id.slice(0, 12)}`;
  await host.exec(['docker', 'rm', '-f', '-v', '--', temporary], PATIENT);
  const created = await askEngine(host, {
    method: 'POST',
    path: enginePath(['containers', 'create'], { name: temporary }),
    body: bodyBack(told.value, spec, await imageName(host, twin), namespacesOf(spec, moved)),
  });
  if (!created.ok) return failed(created.why);
  const fault =
    (await connect(host, temporary, spec)) ??
    (await copyFiles(host, twin.id, temporary, spec.files)) ??
    (await ask(host, temporary, 'rename', { name: spec.name })) ??
    (await bringUp(host, spec));
  if (fault !== null) return failed(fault);
  const made = await inspectContainer(host, spec.name);
  return made.state === 'found' ? { ok: true, id: made.value.id } : failed('it is gone again');
}

/** As it was named, where that still means the same image. */
async function imageName(host: Host, { imageId, spec }: Twin): Promise<string> {
  const named = await inspectImage(host, spec.image);
  return named.state === 'found' && named.value.id === imageId ? spec.image : imageId;
}

type Namespaces = Readonly<Record<'NetworkMode' | 'PidMode' | 'IpcMode', string>>;

function namespacesOf({ hostConfig }: TwinSpec, moved: ReadonlyMap<string, string>): Namespaces {
  const mode = (name: keyof Namespaces): string => {
    const was = String(hostConfig[name] ?? '');
    const id = /^container:(.+)$/.exec(was)?.[1];
    const now = id === undefined ? undefined : moved.get(id);
    return now === undefined ? was : `container:${now}`;
  };
  return { NetworkMode: mode('NetworkMode'), PidMode: mode('PidMode'), IpcMode: mode('IpcMode') };
}

/** To all of its networks but the one that it was created with. */
async function connect(host: Host, name: string, spec: TwinSpec): Promise<string | null> {
  if (sharesNetwork(String(spec.hostConfig.NetworkMode))) return null;
  const first = firstNetwork(spec);
  for (const network of spec.networks) {
    if (network.name === first?.name) continue;
    const answer = await askEngine(host, {
      method: 'POST',
      path: enginePath(['networks', network.name, 'connect']),
      body: { Container: name, EndpointConfig: network.endpoint },
    });
    if (!answer.ok) return answer.why;
  }
  return null;
}

async function bringUp(host: Host, { name, state }: TwinSpec): Promise<string | null> {
  if (state === 'stopped') return null;
  const fault = await ask(host, name, 'start');
  return fault ?? (state === 'paused' ? ask(host, name, 'pause') : null);
}

/** Null, or why the engine doesn't do it with this container. */
async function ask(
  host: Host,
  container: string,
  what: string,
  query: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  const path = enginePath(['containers', container, what], query);
  const answer = await askEngine(host, { method: 'POST', path });
  return answer.ok ? null : answer.why;
}

function failed(why: string): Remade {
  return { ok: false, why };
}

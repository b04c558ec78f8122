import type { JsonObject } from '../wire/json.js';
import type { Upload } from '../world/attachments.js';
import type { World } from '../world/world.js';

/** A request that reached its route. */
export interface Call {
  readonly world: World;
  /** A part of the path by its name in the pattern. */
  param(name: string): string;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  /** The body when it is not an object, such as the list of commands. */
  readonly rawBody: unknown;
  readonly uploads: readonly Upload[];
}

export interface Answer {
  readonly status: number;
  /** JSON; nothing for 204. */
  readonly body?: unknown;
}

export interface Route {
  readonly method: string;
  /** A path with `:names`: `/channels/:channel/messages`. */
  readonly path: string;
  /** Needs the bot's token; routes with a token in their path don't. */
  readonly auth: boolean;
  /** Routes of one bucket share its limit, for each value of `major`. */
  readonly bucket?: { readonly name: string; readonly major: readonly string[] };
  /** Not counted by the global limit. */
  readonly unlimited?: boolean;
  readonly handle: (call: Call) => Answer;
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export const NO_CONTENT: Answer = { status: 204 };

/** The route that a method and path belong to. A fixed part comes before a named one in the list. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => Match | null {
  const compiled = routes.map((route) => ({ route, parts: route.path.split('/') }));
  return (method, path) => {
    const wanted = path.split('/');
    for (const { route, parts } of compiled) {
      if (route.method !== method || parts.length !== wanted.length) continue;
      const params: Record<string, string> = {};
      const fits = parts.every((part, index) => {
        const value = wanted[index] ?? '';
        if (!part.startsWith(':')) return part === value;
        params[part.slice(1)] = decodeURIComponent(value);
        return value !== '';
      });
      if (fits) return { route, params };
    }
    return null;
  };
}

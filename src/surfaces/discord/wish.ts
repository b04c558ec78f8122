import type { RunRequest } from '../../core/model/request.js';

/** What a command or a Retry asks for; who asks and from where is added here. */
export type Wish = Omit<RunRequest, 'actor' | 'source'>;

/** Whose a twin is: the run that made it. */
export const TWIN = 'chatops.twin';
export const TWIN_PROJECT = 'chatops.twin.project';
export const TWIN_SERVICE = 'chatops.twin.service';
/** What it is not like, as JSON. */
export const TWIN_SPEC = 'chatops.twin.spec';

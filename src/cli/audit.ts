import { plain } from '../core/model/phrase.js';
import { actorRef } from '../core/model/request.js';
import { formatCount } from '../core/text/format.js';
import type { Context } from './context.js';
import { EXIT } from './errors.js';
import { clean, localTime, table } from './text.js';

/** `chatops audit`: the last rows of the trail, newest first. */
export async function auditCommand({ app, out }: Context, options: { limit: number }): Promise<number> {
  const rows = await app.audit.list(options.limit);
  if (out.json) {
    out.result(rows);
  } else if (rows.length === 0) {
    out.lines(['The audit trail is empty.']);
  } else {
    const cells = rows.map(({ seq, at, event, actor, source, runId, intent }) => [
      String(seq),
      localTime(at),
      clean(event),
      clean(actor.name),
      source,
      runId ?? '',
      clean(intent),
    ]);
    const [head = '', ...lines] = table([['ROW', 'WHEN', 'EVENT', 'WHO', 'FROM', 'RUN', 'INTENT'], ...cells]);
    out.lines([out.style.dim(head), ...lines]);
  }
  return EXIT.done;
}

/** `chatops audit accept`: continue from the trail as it is, with a row that says who did so and what was wrong. */
export async function acceptCommand({ app, deps, out }: Context): Promise<number> {
  const found = await app.audit.look();
  const entry = {
    at: deps.now().toISOString(),
    event: 'audit_accepted',
    actor: actorRef(deps.operator),
    source: 'cli',
    runId: null,
    intent: '',
    detail: null,
  } as const;
  const accepted = await app.audit.accept(entry);
  const problem = accepted && found ? plain(found.message) : null;
  if (out.json) out.result({ accepted, problem });
  out.lines(
    problem === null
      ? ['The audit trail ends where audit.head says. There is nothing to accept.']
      : [`Accepted: ${clean(problem)}`, 'The trail continues from here, with a row that says so.'],
  );
  return EXIT.done;
}

/** `chatops audit verify`: is every row still as it was written, none missing, and does the history agree? */
export async function verifyCommand({ app, out }: Context): Promise<number> {
  const verdict = await app.audit.verify();
  const whole = verdict.problems.length === 0;
  const checked = `${verdict.rows.toLocaleString('en-US')} ${verdict.rows === 1 ? 'row' : 'rows'} checked`;
  if (out.json) out.result({ ok: whole, ...verdict });
  if (whole) {
    out.lines([`✅ The audit trail is intact, and the outcomes in the history agree with it. ${checked}.`]);
    return EXIT.done;
  }
  out.lines([
    `❌ ${out.style.red('The audit trail or the history was changed')}. ${checked}, ${formatCount(verdict.problems.length, 'problem')}.`,
    ...verdict.problems.map(({ seq, problem }) => `  row ${seq}: ${clean(problem)}`),
    `${out.style.bold('Next:')} compare with a backup of the data directory, and find out who could write there.`,
  ]);
  return EXIT.failed;
}

import type { Check, CheckArea, CheckState, Diagnosis } from '../core/model/diagnosis.js';
import { formatCount } from '../core/text/format.js';
import type { CliDeps } from './deps.js';
import { EXIT } from './errors.js';
import type { Output } from './output.js';
import { clean, type Style } from './text.js';

const TITLES: Readonly<Record<CheckArea, string>> = {
  system: 'System',
  configuration: 'Configuration',
  data: 'Data directory',
  discord: 'Discord',
  intents: 'Intents',
  policy: 'Policy',
  tools: 'Tools',
  docker: 'Docker',
  proxmox: 'Proxmox',
  backups: 'Backups',
  port: 'Side port',
};

/** `chatops doctor`: everything that is wrong here, in one list, each with its way out. */
export async function doctorCommand(deps: CliDeps, out: Output): Promise<number> {
  const diagnosis = await deps.doctor();
  if (out.json) out.result(diagnosis);
  const areas = [...new Set(diagnosis.checks.map(({ area }) => area))];
  for (const area of areas) {
    const checks = diagnosis.checks.filter((check) => check.area === area);
    out.lines([out.style.bold(TITLES[area]), ...checks.flatMap((check) => checkLines(check, out.style)), '']);
  }
  out.lines([verdict(diagnosis, out.style)]);
  return diagnosis.ok ? EXIT.done : EXIT.failed;
}

function checkLines({ state, message, remedy }: Check, style: Style): readonly string[] {
  const line = `  ${mark(state, style)} ${clean(message)}`;
  return remedy === null ? [line] : [line, `    ${style.bold('Next:')} ${clean(remedy)}`];
}

function mark(state: CheckState, style: Style): string {
  switch (state) {
    case 'ok':
      return style.green('✓');
    case 'skipped':
      return style.dim('·');
    case 'warning':
      return style.yellow('⚠ warning:');
    case 'problem':
      return style.red('❌ problem:');
  }
}

/** `3 problems, 2 warnings, 21 checks passed.` */
function verdict({ ok, checks }: Diagnosis, style: Style): string {
  const count = (state: CheckState): number => checks.filter((check) => check.state === state).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const found = `${formatCount(problems, 'problem')}, ${formatCount(warnings, 'warning')}`;
  const symbol = ok ? '✅' : '❌';
  return `${symbol} ${style.bold(found)}, ${formatCount(count('ok'), 'check')} passed.`;
}

import { type Figure, isMet } from './figures.js';
import { rounded } from './stats.js';

const HEAD = ['', 'FIGURE', 'OURS', 'BESIDE IT', 'JUDGED', 'TARGET', ''];

/** The figures of one part, as lines of equal columns; ready for a terminal. */
export function tableOf(id: string, figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map((figure) => [id, ...cells(figure)])];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells(figure: Figure): string[] {
  const { what, unit, values, judged } = figure;
  const { ours, ...others } = values;
  const shown = (value: number) => `${rounded(value)} ${unit}`;
  return [
    what,
    ours === undefined ? '' : shown(ours),
    Object.entries(others)
      .map(([name, value]) => `${name} ${shown(value)}`)
      .join(', '),
    judged ? `${judged.what} = ${rounded(judged.value)}` : '',
    targetOf(figure),
    { true: 'met', false: 'MISSED', null: '' }[String(isMet(figure)) as 'true' | 'false' | 'null'],
  ];
}

function targetOf({ judged }: Figure): string {
  if (judged?.atMost !== undefined) return `≤ ${judged.atMost}`;
  return judged?.atLeast === undefined ? '' : `≥ ${judged.atLeast}`;
}

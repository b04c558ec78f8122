const COLORS = ['#5865f2', '#c2410c', '#0f766e', '#a21caf', '#15803d', '#b91c1c', '#1d4ed8', '#7c3aed'];
const BOT = `<rect x="9" y="13" width="22" height="16" rx="5" fill="#fff"/><circle cx="16" cy="21" r="2.4" fill="#3c45a5"/><circle cx="24" cy="21" r="2.4" fill="#3c45a5"/><path d="M20 13V8" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/><circle cx="20" cy="7" r="2" fill="#fff"/>`;
const COMPASS = `<circle cx="20" cy="20" r="11" fill="none" stroke="#fff" stroke-width="2.6"/><path d="M25 15l-3.4 6.6L15 25l3.400-6.600z" fill="#fff"/>`;

/** A picture for somebody, drawn here: nothing is loaded from anywhere. */
export function avatarOf(name: string, bot: boolean): string {
  const sum = [...name].reduce((total, letter) => total * 3 + (letter.codePointAt(0) ?? 0), 0);
  const color = bot ? '#5865f2' : COLORS[sum % COLORS.length];
  const inner = bot ? (name === 'Guide' ? COMPASS : BOT) : initialOf(name);
  const back = name === 'Guide' ? '#0f766e' : color;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="${back}"/>${inner}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function initialOf(name: string): string {
  const letter = /[A-Za-z0-9]/.exec(name)?.[0]?.toUpperCase() ?? '?';
  return `<text x="20" y="27" text-anchor="middle" font-family="system-ui,sans-serif" font-size="19" font-weight="600" fill="#fff">${letter}</text>`;
}

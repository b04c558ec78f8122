import fc from 'fast-check';

const PIECES = [
  ...['{{', '}}', '{{ days }}', '{% x %}', '--delete', '-e sh', '../', '/', '$(id)', '`id`', "'", '"'],
  ...['\n', '\\', ';', '|', '&&', ' ', '\u0000', '\u202e', '*', '!', '#', ': ', '[a, b]', '__proto__', 'x'],
];

/** What somebody might type to make more of a value than a value. */
export const hostileValue: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('')),
);

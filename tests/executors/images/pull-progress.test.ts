import { expect, test } from '@jest/globals';
import { pullProgress } from '../../../src/executors/images/pull-progress.js';

/** What is reported for these lines, a second apart. */
function reports(lines: readonly string[], layers: Parameters<typeof pullProgress>[2] = null) {
  const told: (readonly [number | undefined, number | undefined])[] = [];
  let at = 0;
  const onLine = pullProgress(
    {
      progress: ({ done, total }) => void told.push([done, total]),
      now: () => {
        at += 1000;
        return new Date(at);
      },
    },
    'web:1',
    layers,
  );
  for (const line of lines) onLine(line);
  return told;
}

test('without a manifest the total is told when every layer has begun', () => {
  expect(
    reports([
      ' web Pulling ',
      ' 68efe8fca52b Pulling fs layer ',
      ' d81479e42d1d Pulling fs layer ',
      ' 68efe8fca52b Downloading [>      ]  320.5kB/31.07MB',
      ' d81479e42d1d Downloading [==>    ]    512B/1.2kB',
      ' 68efe8fca52b Download complete ',
      ' 68efe8fca52b Extracting [=>     ]  655.4kB/31.07MB',
      ' d81479e42d1d Pull complete ',
      ' web Pulled ',
    ]),
  ).toEqual([
    [0, undefined],
    [320_500, undefined],
    [321_012, 31_071_200],
    [31_070_512, 31_071_200],
    [31_071_200, 31_071_200],
  ]);
});

test('with a manifest from the start, less what is here already', () => {
  const layers = [
    { digest: `sha256:68efe8fca52b${'0'.repeat(52)}`, size: 31_073_611 },
    { digest: `sha256:aaaaaaaaaaaa${'0'.repeat(52)}`, size: 5 },
  ];
  expect(
    reports(
      [
        ' aaaaaaaaaaaa Already exists ',
        ' 68efe8fca52b Pulling fs layer ',
        ' 68efe8fca52b Downloading [>      ]  320.5kB/31.07MB',
        ' 68efe8fca52b Verifying Checksum ',
      ],
      layers,
    ),
  ).toEqual([
    [0, undefined],
    [320_500, 31_073_611],
    [31_073_611, 31_073_611],
  ]);
});

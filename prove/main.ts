/** `npm run prove -- NAME [--seeds N | --seed S] [--minutes M] [--only PART]`: runs one long proof. See docs/development.md. */
import { readArguments } from './support/arguments.js';
import { loadProof, proofNames } from './support/load.js';
import type { ProofResult } from './support/proof.js';

/** What a proof may still take to clean up once its time is over. */
const CLEAN_UP_MS = 60_000;

const log = (line: string): void => void process.stdout.write(`${line}\n`);
process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 2;
});

async function main(): Promise<number> {
  const { name, seeds, minutes, only } = readArguments(process.argv.slice(2));
  const names = proofNames();
  if (name === null) {
    for (const known of names) log(`${known.padEnd(16)}${(await loadProof(known)).description}`);
    return 0;
  }
  if (!names.includes(name)) throw new Error(`There is no proof ${name}. Proofs: ${names.join(', ')}.`);
  const proof = await loadProof(name);
  log(`${name}: ${proof.description}`);

  const time = new AbortController();
  const end = (why: string): void => {
    if (time.signal.aborted) process.exit(130);
    log(why);
    time.abort();
    setTimeout(() => {
      log('It did not end by itself.');
      process.exit(1);
    }, CLEAN_UP_MS).unref();
  };
  const timer = setTimeout(() => end(`${minutes} minutes are over.`), minutes * 60_000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end('Told to end.'));
  const began = performance.now();
  try {
    const result = await proof.run({ seeds, minutes, only, log, signal: time.signal });
    report(result, Math.round((performance.now() - began) / 1000));
    return result.ok ? 0 : 1;
  } catch (error) {
    log(`FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 1;
  } finally {
    clearTimeout(timer);
  }
}

function report({ ok, figures }: ProofResult, seconds: number): void {
  for (const [what, value] of Object.entries({ ...figures, seconds })) log(`  ${what}: ${value}`);
  log(ok ? 'HOLDS' : 'VIOLATED: see above');
}

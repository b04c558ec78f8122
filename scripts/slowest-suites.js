/** A reporter of jest that names the ten suites that took longest, so that nobody has to look for them. */
export default class SlowestSuites {
  onRunComplete(_contexts, { testResults }) {
    if (process.env.CI !== 'true' || testResults.length <= 10) return;
    const seconds = ({ perfStats: { start, end } }) => (end - start) / 1000;
    const slowest = [...testResults].sort((a, b) => seconds(b) - seconds(a)).slice(0, 10);
    process.stderr.write('\nThe slowest suites:\n');
    for (const suite of slowest)
      process.stderr.write(
        `${seconds(suite).toFixed(0).padStart(6)} s  ${suite.testFilePath.replace(`${process.cwd()}/`, '')}\n`,
      );
  }
}

/** @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' } }],
  },
  reporters: ['default', '<rootDir>/scripts/slowest-suites.js'],
  testTimeout: 30_000,
  // Most tests wait for processes and the disk, so a worker for each core is not too many.
  maxWorkers: '100%',
};

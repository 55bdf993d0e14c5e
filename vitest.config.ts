import { defineConfig } from 'vitest/config';
import { fileURLToPath } from 'node:url';

const source = (file: string) => fileURLToPath(new URL(`src/${file}`, import.meta.url));

export default defineConfig({
  resolve: { alias: [{ find: /^rxflo$/, replacement: source('index.ts') }] },
  test: { include: ['test/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});

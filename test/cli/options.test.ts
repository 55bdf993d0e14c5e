import { describe, expect, it } from 'vitest';
import { gridFrom, settingsFrom } from '../../src/cli/options.ts';
import { refusal } from '../refusal.ts';

describe('axes and settings', () => {
  it('are those that were written, whatever they are called', () => {
    const written = gridFrom({ period: 5 }, ['__proto__=5', 'period=5,6']);
    expect(Object.entries(written)).toEqual([
      ['__proto__', ['5']],
      ['period', [5, 6]],
    ]);
    expect(Object.keys(settingsFrom({}, ['__proto__=5']))).toEqual(['__proto__']);
    expect(refusal(() => settingsFrom({}, ['units=5', 'units=6']))).toContain('--set units: is given twice');
    expect(refusal(() => gridFrom({}, ['__proto__=5', '__proto__=6']))).toContain('--grid __proto__: is given twice');
  });
});

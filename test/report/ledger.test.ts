import { describe, expect, it } from 'vitest';
import { ledger } from '../../src/locality/index.ts';
import { apart } from '../../src/report/drawing/apart.ts';
import { renderLedger } from '../../src/report/index.ts';
import { malformation } from './well-formed.ts';

describe('the report of a ledger', () => {
  const counted = ledger({ units: [2, 4, 8], timesteps: [5, 20], most: 8000 });
  const { html, figures } = renderLedger(counted);

  it('draws a line for each learner, with the law fitted to it', () => {
    const { ledger: svg } = figures;
    expect(malformation(svg)).toBeNull();
    for (const text of ['Units N', 'Timesteps T of a trial', 'Values read per update', 'Bytes kept per synapse']) {
      expect(svg).toContain(text);
    }
    expect(svg).toContain('>rflo: N^0<');
    const grows = counted.fits.find((fit) => fit.learner === 'rtrl' && fit.quantity === 'bytes' && fit.by === 'units');
    expect(svg).toContain(`>rtrl: N^${Number(grows?.exponent.toFixed(2))}<`);
  });

  it('says what was not counted, and asks for nothing from outside', () => {
    expect(html).toContain('more than 8,000 reads and writes');
    expect(renderLedger(ledger({ units: [2, 4], timesteps: [5] })).html).not.toContain('reads and writes; bytes');
    expect(html).not.toMatch(/(?:src|href)=/);
  });

  it('can be drawn of one size, without laws', () => {
    const { figures: drawn } = renderLedger(ledger({ units: [3], timesteps: [4] }));
    expect(malformation(drawn['ledger'])).toBeNull();
    expect(drawn['ledger']).not.toContain('N^');
  });
});

describe('labels', () => {
  it('that touch are moved apart around their middle, and others stay', () => {
    expect(apart([50, 10, 12, 100], 10)).toEqual([50, 6, 16, 100]);
    expect(apart([10, 12, 19], 10)).toEqual([41 / 3 - 10, 41 / 3, 41 / 3 + 10]);
    expect(apart([], 10)).toEqual([]);
  });
});

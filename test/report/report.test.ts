import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { circuit } from '../../src/circuit/index.ts';
import { InputError } from '../../src/errors/index.ts';
import type { ActivityData, EngineComparison, LearnerData, RunData, Summary } from '../../src/recording/index.ts';
import { crossEntropy } from '../../src/losses/index.ts';
import { linear } from '../../src/neurons/index.ts';
import { rflo } from '../../src/rules/index.ts';
import { drawnOnce } from '../../src/report/data/drawn.ts';
import { renderReport, writeReport } from '../../src/report/index.ts';
import { brokenOff, matrix, noise, sampleRun, sampleSummaryOf, withLosses, withSummary } from './sample-run.ts';
import { malformation } from './well-formed.ts';
import { lossName } from '../../src/training/index.ts';

const all = ['activity', 'alignment', 'loss', 'output', 'rates', 'time', 'weight-histogram', 'weights'];

/** What stands before the first figure. */
const opening = (html: string): string => html.slice(html.indexOf('<body>'), html.indexOf('<section'));

const wellFormed = (run: RunData): void => {
  for (const [name, svg] of Object.entries(renderReport(run).figures)) expect(malformation(svg), name).toBeNull();
};

describe('a report', () => {
  const run = sampleRun();
  const { html, figures } = renderReport(run);

  it('has all figures, as standalone files and in the page', () => {
    expect(Object.keys(figures).sort()).toEqual(all);
    for (const svg of Object.values(figures)) expect(html).toContain(svg);
  });

  it('has well-formed figures on white with generic fonts, and text of at least 12 pixels', () => {
    wellFormed(run);
    for (const svg of Object.values(figures)) {
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d/);
      expect(svg).toMatch(/<rect class="paper" width="100%" height="100%" fill="white"\/>/);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      for (const [, size] of svg.matchAll(/font-size="([^"]*)"/g)) expect(parseFloat(size)).toBeGreaterThanOrEqual(12);
      for (const [, font] of svg.matchAll(/font-family="([^"]*)"/g)) expect(font).toBe('sans-serif');
    }
  });

  it('needs nothing from outside', () => {
    const outside = html.replaceAll('xmlns="http://www.w3.org/2000/svg"', '');
    expect(outside).not.toMatch(/https?:|\/\/\w|<script|<link|<img|<iframe|@import|url\(|\bsrc=|\bhref=/);
  });

  it('says first what ran and how it went', () => {
    const first = opening(html);
    expect(first).toMatch(
      /rflo, bptt and rtrl were trained on the task .periodic. in a circuit of h \(6 leaky-tanh units\)/,
    );
    expect(first).toMatch(/<tr><th scope="row">bptt<\/th><td>bptt<\/td><td class="number">40<\/td>.*all trials done/);
  });

  it('says whether two engines had the same bits, and warns where they should have', () => {
    const comparison = {
      learners: ['rflo', 'rflo-kernels'],
      ...{ trials: 40, weightsAfter: true, same: true, firstDifference: null, faster: 'rflo-kernels', times: 14.2 },
    } as const;
    const first = (found: EngineComparison) => opening(renderReport(withSummary(run, { comparisons: [found] })).html);
    expect(first(comparison)).toContain(
      '<p>rflo and rflo-kernels have the same bits in 40 trials and in the weights they led to; rflo-kernels was 14 times faster.</p>',
    );
    const unlike = { same: false, firstDifference: { trial: 17, what: 'loss' } };
    expect(first({ ...comparison, ...unlike, learners: ['rflo', 'bptt'] })).toContain(
      '<p class="warning">rflo and bptt DIFFER from trial 17 on (loss), in float64',
    );
  });

  it('says what falls away with an opaque rule, where it took part', () => {
    const { circuit, learners } = sampleSummaryOf(run);
    const opaque = { ...circuit, local: [{ kind: 'plasticity rule', name: 'mine', opaque: true }] } as const;
    const first = (more: Partial<Summary>) => opening(renderReport(withSummary(run, more)).html);
    const said =
      '<p class="warning">Rule &#39;mine&#39; is opaque: it runs as actors; its locality is not certified, its cost and formula are unknown.</p>';
    expect(first({ circuit: opaque })).toContain(said);
    const solvers = learners.filter(({ algorithm }) => algorithm !== 'local');
    expect(first({ circuit: opaque, learners: solvers })).not.toContain(said);
  });

  it('shows what each rule and neuron model computes, reads and costs', () => {
    const section = html.slice(html.indexOf('<h2>Rules and neurons'), html.indexOf('<h2>Settings'));
    for (const part of ['rflo, a plasticity rule', 'delta, a plasticity rule', 'leaky-tanh, a neuron model']) {
      expect(section).toContain(`<h3>${part}</h3>`);
    }
    const [{ mathml, latex }] = rflo().analysis?.formulas ?? [];
    expect(section).toContain(mathml);
    expect(section).toContain(latex);
    expect(section).toContain('<th scope="row">Reads, learning signal</th><td>post.signal</td>');
    expect(section).toContain('<td>5 operations (4 *, 1 +); 16 bytes stored, in float64</td>');
    expect(section).toContain('<td>h to h: eta = 0.03; h to y: eta = 0.03</td>');
    expect(malformation(`<div>${section.replaceAll('&#160;', ' ')}</div>`)).toBeNull();
  });

  it('says how local each learner is, and what its synapses read, keep and compute', () => {
    const section = html.slice(html.indexOf('<section id="locality">'), html.indexOf('<h2>Rules and neurons'));
    expect(section).toMatch(
      /<th scope="row">rflo<\/th><td>three-factor, broadcast vector through fixed feedback<\/td><td>yes<\/td><td>Local: /,
    );
    expect(section).toMatch(/<th scope="row">bptt<\/th><td>acausal<\/td><td>no<\/td><td>Not local: acausal\. /);
    expect(section).toContain(
      '<th scope="row">rflo</th><td>recurrent, rflo</td><td>three-factor, broadcast vector through fixed feedback</td>' +
        '<td>own state: p; presynaptic: pre.rate; postsynaptic: post.retention, post.slope; learning signal: post.signal</td>' +
        '<td class="number">16</td><td class="number">5</td><td>–</td>',
    );
    expect(section).toMatch(
      /<th scope="row">bptt<\/th><td>recurrent<\/td><td>acausal<\/td>.*?<td class="number">8 \+ 40 T per neuron<\/td>/,
    );
    expect(malformation(section)).toBeNull();
    expect(renderReport(withSummary(run, { certificates: [] })).html).not.toContain('Locality');
  });

  it('says of an opaque part that nothing is known', () => {
    const { circuit } = sampleSummaryOf(run);
    const local = [{ kind: 'neuron model', name: 'leaky-tanh', opaque: true }] as const;
    const page = renderReport(withSummary(run, { circuit: { ...circuit, local } })).html;
    expect(page).toMatch(
      /<h3>leaky-tanh, a neuron model<\/h3><p class="warning">Opaque: its source text is not analysed\. .*tau = 10/,
    );
    expect(page).not.toContain('<math');
  });

  it('calls the loss what it is', () => {
    expect(figures['loss']).toContain('Loss (half mean squared error)');
    const { html: page, figures: drawn } = renderReport({ ...run, header: { ...run.header, loss: 'cross-entropy' } });
    expect(drawn['loss']).toContain('Loss (cross-entropy)');
    expect(page).not.toContain('squared');
    const { losses } = circuit({
      neurons: { y: linear(2), z: linear(1) },
      synapses: {},
      outputs: ['y', 'z'],
      losses: { y: crossEntropy },
    });
    expect(lossName({ outputs: ['y'], losses })).toBe('cross-entropy');
    expect(lossName({ outputs: ['y', 'z'], losses })).toBe('cross-entropy and squared');
    expect(lossName({ outputs: ['z'], losses })).toBeUndefined();
  });

  it('names the precision of a learner that is not in float64', () => {
    const { learners } = sampleSummaryOf(run);
    const single = learners.map((learner) => ({ ...learner, engine: 'kernels', precision: 'f32' }));
    expect(opening(renderReport(withSummary(run, { learners: single })).html)).toContain('<td>kernels, float32</td>');
  });

  it('has a table of settings', () => {
    const settings = html.slice(html.indexOf('<h2>Settings'));
    for (const text of ['h to h', 'eta = 0.03', 'tau = 10', 'period = 12', 'rxflo = 0.0.0', 'actors', '2,500 trials']) {
      expect(settings).toContain(text);
    }
  });

  it('is the same bytes for the same run', () => {
    expect(renderReport(sampleRun())).toEqual({ html, figures });
  });

  it('gives a learner one colour in all figures, by its order', () => {
    for (const name of ['loss', 'output', 'rates', 'weight-histogram', 'time']) {
      expect(figures[name], name).toMatch(/"#0072B2".*"#D55E00".*"#009E73"/s);
    }
    expect(renderReport(sampleRun({ learners: ['other'] })).figures['loss']).toMatch(/#0072B2/);
  });

  it('leaves a learner without an alignment out of its figure, and marks chance', () => {
    expect(figures['alignment']).toContain('>chance</text>');
    expect(figures['alignment']).not.toContain('#D55E00');
    expect(html).toContain('Without an alignment: bptt, rtrl.');
  });

  it('has alignments of those learners alone whose error comes back through the feedback weights', () => {
    const own = run.learners.map((learner) => ({
      ...learner,
      trials: { ...learner.trials, alignment: learner.trials.trial.map(() => 0.2) },
    }));
    const learners = sampleSummaryOf(run).learners.map((learner) => ({
      ...learner,
      feedback: learner.learner === 'bptt' ? 'symmetric' : 'random',
    }));
    const drawn = renderReport(withSummary({ ...run, learners: own }, { learners }));
    expect(drawn.figures['alignment']).not.toContain('>bptt<');
    expect(drawn.figures['alignment']).toContain('>rtrl<');
    expect(drawn.html).toContain('does not come back through these weights: bptt.');
  });

  it('says what one seed and one rate are not', () => {
    expect(opening(html)).toContain('<p>One seed, one learning rate; <code>rxflo sweep</code>');
  });

  it('shows times as dots on a logarithmic axis', () => {
    const times = [0.2, 1, 139];
    const learners = sampleSummaryOf(run).learners.map((learner, i) => ({
      ...learner,
      millisecondsPerTrial: times[i],
    }));
    const { time } = renderReport(withSummary(run, { learners })).figures;
    const [first, second, third] = [...time.matchAll(/<circle[^>]* cx="([\d.]+)"/g)].map(([, x]) => Number(x));
    expect((second - first) / (third - first)).toBeCloseTo(Math.log(5) / Math.log(695), 3);
  });
});

describe('learners with the same bits', () => {
  const one = sampleRun({ learners: ['rflo', 'bptt'] });
  const copy = { ...one.learners[0], name: 'rflo-kernels' };
  const [rflo, bptt] = sampleSummaryOf(one).learners;
  const run = withSummary(
    { ...one, learners: [one.learners[0], copy, one.learners[1]] },
    { learners: [rflo, { ...rflo, learner: 'rflo-kernels', engine: 'kernels' }, bptt] },
  );
  const { html, figures } = renderReport(run);

  it('are drawn once, and both are in the table and the figure of times', () => {
    expect(figures['loss']).toContain('>rflo (actors and kernels, same bits)<');
    for (const name of ['loss', 'output', 'rates', 'weights', 'activity', 'weight-histogram']) {
      expect(figures[name], name).not.toContain('rflo-kernels');
    }
    expect(figures['output'].match(/font-weight="bold"/g)).toHaveLength(3);
    expect(figures['time']).toContain('>rflo-kernels<');
    expect(figures['time'].match(/<circle[^>]*fill="#0072B2"/g)).toHaveLength(2);
    expect(opening(html)).toContain('<th scope="row">rflo-kernels</th><td>kernels</td>');
  });

  it.each<[string, (learner: LearnerData) => Partial<LearnerData>]>([
    ['a loss', ({ trials }) => ({ trials: { ...trials, loss: trials.loss.map((loss, i) => (i === 7 ? 1 : loss)) } })],
    ['a score', () => ({ scores: Float64Array.of(1) })],
    ['a weight', ({ weights }) => ({ weights: { ...weights, after: new Map([['h to h', matrix(6, 6, () => 1)]]) } })],
    ['no trial', () => ({ trials: { ...copy.trials, loss: new Float64Array(0) } })],
  ])('are told apart by %s', (_, change) => {
    const learners = run.learners.map((each) => (each === copy ? { ...each, ...change(each) } : each));
    expect(drawnOnce({ ...run, learners }).learners).toHaveLength(3);
  });

  it('are told apart where the summary says that they differ, in what figures do not show', () => {
    const found = { learners: ['rflo', 'rflo-kernels'], trials: 40, weightsAfter: true, same: false } as const;
    const differing = { ...found, firstDifference: { trial: 3, what: 'probe p' }, faster: null, times: null };
    expect(drawnOnce(withSummary(run, { comparisons: [differing] })).learners).toHaveLength(3);
  });

  it('are named one by one where nothing is known of their engines', () => {
    const [first] = drawnOnce({ ...run, summary: null }).learners;
    expect(first).toMatchObject({ name: 'rflo', label: 'rflo and rflo-kernels (same bits)' });
  });
});

describe('a target that asks for nothing at some timesteps', () => {
  const asked = (isAsked: (t: number) => boolean) => {
    const run = sampleRun({ learners: ['rflo'], timesteps: 12 });
    const sparse = (all: ReadonlyMap<string, ActivityData>) =>
      new Map(
        [...all].map(([name, data]) => [
          name,
          { ...data, target: data.target?.map((value, i) => (isAsked(i + 1) ? value : NaN)) ?? null },
        ]),
      );
    return renderReport({
      ...run,
      learners: run.learners.map(({ activity: { before, after }, ...learner }) => ({
        ...learner,
        activity: { before: sparse(before), after: sparse(after) },
      })),
    }).figures['output'];
  };
  const pieces = (svg: string) =>
    (/stroke="#b4b4b4"[^>]*aria-label="line"[^>]*><path d="([^"]*)"/.exec(svg)?.[1].match(/M/g) ?? []).length;

  it('has gaps there', () => {
    expect(pieces(asked(() => true))).toBe(1);
    expect(pieces(asked((t) => t < 4 || t > 8))).toBe(2);
    expect(asked((t) => t < 4 || t > 8)).not.toMatch(/NaN/);
  });

  it('shows a single sample as a dot, by the round ends of a line without length, and nothing where nothing is asked', () => {
    const ends = asked((t) => t === 12 || t === 1);
    expect(malformation(ends)).toBeNull();
    expect(pieces(ends)).toBe(2);
    expect(ends).toMatch(/stroke-linecap="round"[^>]*stroke="#b4b4b4"/);
    const none = asked(() => false);
    expect([pieces(none), none.includes('NaN')]).toEqual([0, false]);
  });
});

describe('user text', () => {
  const evil = `<script>alert("1")</script>&'"]]>\u0000\ud800<!--`;

  it('is never markup', () => {
    const run = sampleRun({ title: evil, learners: [evil, 'b'], hidden: [`h ${evil}`] });
    wellFormed(run);
    const { html } = renderReport(run);
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<!--');
    expect(html).toContain('&#60;script&#62;');
    // oxlint-disable-next-line no-control-regex -- it must be gone
    expect(html).not.toMatch(/\u0000|\p{Surrogate}/u);
  });

  it('is no markup in an error, a setting or a name of the circuit', () => {
    const run = sampleRun();
    if (run.summary === null) throw new Error('the sample has a summary');
    const learners = run.summary.learners.map((learner) => ({ ...learner, ended: 'failed', error: evil }));
    const summary = { ...run.summary, scenario: evil, settings: { [evil]: evil }, learners };
    expect(renderReport({ ...run, summary }).html).not.toContain('<script');
  });

  it('may be long', () => {
    const name = 'a very long name '.repeat(10);
    wellFormed(sampleRun({ learners: [name], hidden: [name] }));
  });
});

describe('a run that did not go well', () => {
  it('is reported without a summary and without anything after learning', () => {
    const { html, figures } = renderReport(brokenOff(sampleRun()));
    expect(opening(html)).toMatch(/has not ended, or was killed/);
    expect(opening(html)).toMatch(/not finished/);
    expect(html).not.toContain('<h2>Settings');
    expect(Object.keys(figures).sort()).toEqual(all.filter((name) => name !== 'time'));
  });

  it('is reported with the error of a learner that failed, first of all', () => {
    const run = sampleRun();
    if (run.summary === null) throw new Error('the sample has a summary');
    const learners = run.summary.learners.map((learner) =>
      learner.learner === 'bptt' ? { ...learner, ended: 'failed', error: 'neuron h 3: the rate is Infinity' } : learner,
    );
    const { html } = renderReport({ ...run, summary: { ...run.summary, state: 'failed', learners } });
    expect(opening(html)).toContain('class="warning">bptt failed: neuron h 3: the rate is Infinity');
  });

  it('is reported as interrupted, and as torn', () => {
    const run = sampleRun();
    if (run.summary === null) throw new Error('the sample has a summary');
    const { html } = renderReport({ ...run, torn: true, summary: { ...run.summary, state: 'interrupted' } });
    expect(opening(html)).toMatch(/was interrupted/);
    expect(opening(html)).toMatch(/not written completely/);
  });

  it('is reported when it has not begun', () => {
    const { html, figures } = renderReport(withLosses(brokenOff(sampleRun()), []));
    expect(opening(html)).toMatch(/rflo ran no trials/);
    expect(figures['loss']).toBeUndefined();
  });

  it('is reported when rates and weights are not finite', () => {
    const run = sampleRun();
    const broken = run.learners.map((learner) => ({
      ...learner,
      weights: { ...learner.weights, after: new Map([['h to h', matrix(6, 6, () => NaN)]]) },
      activity: {
        before: new Map(),
        after: new Map([['h', { shape: [12, 6] as const, rates: new Float64Array(72).fill(Infinity), target: null }]]),
      },
    }));
    wellFormed({ ...run, learners: broken });
  });
});

describe('losses', () => {
  it.each([
    ['one trial', [0.3]],
    ['two equal trials', [0.3, 0.3]],
    ['very large and very small', [1e300, 1e-300]],
  ])('of %s are drawn', (_, losses) => {
    const svg = renderReport(withLosses(sampleRun(), losses)).figures['loss'];
    expect(malformation(svg)).toBeNull();
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(svg.match(/<circle/g)?.length).toBe(3 * losses.length);
  });

  it('that run away do not stretch the axis: it ends at ten times the loss of the untrained network, with a cross', () => {
    const { html, figures } = renderReport(withLosses(sampleRun({ learners: ['a'] }), [0.5, 0.2, 7, 1e304]));
    expect(figures['loss']).not.toMatch(/>10[⁰¹²³⁴⁵⁶⁷⁸⁹]+</);
    expect(figures['loss'].match(/<circle/g)?.length).toBe(2);
    expect(figures['loss'].match(/<path d="M-5[^>]*translate\([\d.]+,8\)/g)).toHaveLength(2);
    expect(html).toContain('above ten times the loss of the untrained network are drawn at the upper edge');
    const tame = renderReport(withLosses(sampleRun(), [0.5, 4])).html;
    expect(tame).not.toContain('drawn at the upper edge');
  });

  it('that are zero, negative or not finite are left out of a logarithmic axis, and counted', () => {
    const { html, figures } = renderReport(withLosses(sampleRun({ learners: ['a'] }), [0, 0.5, -1, NaN, 0.25]));
    expect(html).toContain('no place on this axis: 3.');
    expect(figures['loss'].match(/<circle/g)?.length).toBe(2);
  });

  it('that are all zero leave no figure', () => {
    expect(renderReport(withLosses(sampleRun(), [0, 0])).figures['loss']).toBeUndefined();
  });
});

describe('size and shape', () => {
  it('stays below 2 MB for three learners, 50 units and 10,000 trials', () => {
    const { html } = renderReport(sampleRun({ trials: 10_000, units: 50, timesteps: 100 }));
    expect(Buffer.byteLength(html)).toBeLessThan(2e6);
  });

  it('averages large matrices, and says so', () => {
    const run = sampleRun({ learners: ['a'], units: 500 });
    const { html, figures } = renderReport(run);
    expect(html).toContain('a side has at most 100 cells');
    expect(renderReport(sampleRun()).html).not.toContain('a side has at most');
    const cells = [...figures['weights'].matchAll(/<path d="(M\d+ \d+h[^"]*)"/g)].join('').match(/h\d+/g) ?? [];
    expect(cells.length).toBeLessThan(2 * (100 * 100 + 100) + 2 * 65);
  });

  it('shows several hidden populations, and up to four output channels', () => {
    const { html, figures } = renderReport(sampleRun({ hidden: ['one', 'two', 'three'], outputs: 6 }));
    for (const name of ['one', 'two', 'three']) expect(figures['activity']).toContain(`${name}, before`);
    expect(figures['output']).toContain('y 3, before');
    expect(figures['output']).not.toContain('y 4');
    expect(html).toContain('The first 4 of 6 output units.');
  });

  it('draws a single unit, a single timestep and absent synapses', () => {
    const run = sampleRun({ learners: ['a'], units: 1, timesteps: 1, trials: 1 });
    wellFormed(run);
    const sparse = new Map([['h to h', matrix(6, 6, (i) => (i % 2 === 0 ? NaN : noise(i)))]]);
    const learners = sampleRun().learners.map((each) => ({ ...each, weights: { before: sparse, after: sparse } }));
    expect(renderReport({ ...sampleRun(), learners }).figures['weights']).toContain('#b8b8b8');
  });
});

describe('writing', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rxflo-report-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('leaves the page and the figures in the run directory, and names them', () => {
    const run = { ...sampleRun(), directory };
    const { html, figures } = renderReport(run);
    const paths = writeReport(run);
    expect(paths[0]).toBe(join(directory, 'report.html'));
    expect(paths.slice(1).sort()).toEqual(all.map((name) => join(directory, 'figures', `${name}.svg`)));
    expect(readFileSync(paths[0], 'utf8')).toBe(html);
    expect(readFileSync(join(directory, 'figures', 'loss.svg'), 'utf8')).toBe(figures['loss']);
    expect(readdirSync(directory).sort()).toEqual(['figures', 'report.html']);
  });

  it('writes over an older report', () => {
    const run = { ...sampleRun(), directory };
    expect(writeReport(run)).toEqual(writeReport(run));
  });

  it('is a plain error where the figures cannot stand', () => {
    writeFileSync(join(directory, 'figures'), '');
    expect(() => writeReport({ ...sampleRun(), directory })).toThrow(InputError);
  });
});

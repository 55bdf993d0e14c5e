import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { circuit } from '../../src/circuit/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { loadCheckpoint, saveCheckpoint } from '../../src/recording/index.ts';
import { kolenPollack, kolenPollackFeedback, rflo } from '../../src/rules/index.ts';
import { openSession, type SessionState } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noise } from '../support/networks.ts';
import { endOf, eventsOf, statesOf, trialsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

const relearning = circuit({
  neurons: { x: input(2), h: leakyTanh(4), y: linear(2) },
  synapses: {
    input: { from: 'x', to: 'h', weights: normal(), rule: rflo() },
    readout: { from: 'h', to: 'y', weights: normal(), rule: kolenPollack() },
  },
  feedback: {
    error: {
      ...{ from: 'y', to: 'h', weights: normal(), sparsity: 0.3, bits: 5 },
      rule: kolenPollackFeedback({ eta: 0.5 }),
      broadcast: { drop: 0.2 },
    },
  },
});

it.each(['actors', 'kernels'] as const)(
  'a session with relearned feedback resumes with every bit: %s',
  async (engine) => {
    const options = { circuit: relearning, task: noise(), learner: { learner: 'local', engine }, trials: 6 } as const;
    const whole = await eventsOf({ ...options, checkpointSeconds: 1e-9 });
    const saved = statesOf(whole)[2];
    expect(saved.trial).toBe(3);
    const { state } = throughFile(saved);
    const rest = await eventsOf({ ...options, resume: state });
    const [expected, got] = [whole, rest].map((events) => endOf(events).state);
    expect(bytes(got.weights)).toBe(bytes(expected.weights));
    expect(bytes(got.carried ?? {})).toBe(bytes(expected.carried ?? {}));
    expect(Object.keys(got.carried ?? {})).toEqual(['feedback.error']);
    const alignments = (events: typeof whole) => trialsOf(events).map(({ alignment }) => alignment);
    expect(alignments(rest)).toEqual(alignments(whole).slice(3));
    expect(new Set(alignments(whole)).size).toBe(6);
  },
);

it('a session with relearned feedback refuses a state that lacks it', () => {
  const options = { circuit: relearning, task: noise() };
  const state = openSession(options).state();
  expect(refusal(() => openSession({ ...options, resume: { ...state, carried: {} } }))).toContain(
    'resume.carried.feedback.error: has 0 numbers',
  );
});

function throughFile(state: SessionState): { readonly state: SessionState } {
  const directory = mkdtempSync(join(tmpdir(), 'rxflo-relearned-'));
  const file = join(directory, 'checkpoint');
  saveCheckpoint(file, { identity: {}, recordingBytes: 0, learners: { local: { state, ended: null } } });
  const { local } = loadCheckpoint(file).learners;
  rmSync(directory, { recursive: true });
  return local;
}

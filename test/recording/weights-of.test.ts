import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { lastValueFrom, takeWhile } from 'rxjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, circuit, feedbackWeights, mask, type Matrix } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { exportRun, recordRun, weightsOf, type RunEvent } from '../../src/recording/index.ts';
import { npy } from '../../src/recording/npy.ts';
import { delta, kolenPollackFeedback, rflo } from '../../src/rules/index.ts';
import { periodic } from '../../src/tasks/index.ts';
import { observe, openSession, scenario, sessionOptions } from '../../src/training/index.ts';
import { eventsOf } from '../support/sessions.ts';
import { bytesOf, complaint, scratch } from './sample.ts';

beforeAll(loadKernels);

const JOINED = [[1, 0, 1], [1, 1, 0], [0, 1, 1]] as const; // prettier-ignore

const small = (feedback: object, recurrent?: Matrix) =>
  scenario({
    title: 'Small',
    circuit: () =>
      circuit({
        neurons: { h: leakyTanh(3, { initial: 0.1 }), y: linear(2) },
        synapses: {
          recurrent: { from: 'h', to: 'h', weights: recurrent ?? normal(), rule: rflo(), connect: mask(JOINED) },
          readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
        },
        feedback: { error: { from: 'y', to: 'h', weights: normal(), ...feedback } },
      }),
    task: () => ({ ...periodic({ period: 8 }), outputs: 2, trial: () => two }),
    trials: 6,
    probes: { late: { neurons: 'h', value: 'rate', everyTimesteps: 50 }, h: { neurons: 'h', value: 'rate' } },
    compare: ['rflo', 'bptt'],
  });
const two = { timesteps: 8, input: new Float64Array(0), target: Float64Array.from({ length: 16 }, (_, k) => k % 3) };

/** Runs a plan, until something happens if that is given. */
async function ran(
  plan: ReturnType<ReturnType<typeof small>['plan']>,
  goesOn: (event: RunEvent) => boolean = () => true,
) {
  const directory = join(scratch(), 'run');
  await lastValueFrom(recordRun(plan, { directory, scenario: 'small.ts' }).events$.pipe(takeWhile(goesOn)));
  return directory;
}

describe('the weights of a run', () => {
  test('are those that its session ended with, and go back into a circuit as they are', async () => {
    const plan = small({}).plan({ learners: ['rflo'] });
    const directory = await ran(plan);
    const session = openSession(sessionOptions(plan, plan.learners[0]));
    await eventsOf(session);
    const { recurrent, readout } = session.state().weights;
    const again = small({}, weightsOf(directory, 'recurrent')).plan({ seed: 9 });
    expect(build(again.circuit, 9).groups[0].weights).toEqual(recurrent);
    expect(weightsOf(directory, 'recurrent')[1][2]).toBeNaN();
    expect(weightsOf(directory, 'readout')).toEqual([readout.slice(0, 3), readout.slice(3)]);
    const [before] = build(plan.circuit, plan.seed).groups.map(({ weights }) => weights);
    const first = weightsOf(directory, 'recurrent', { when: 'before' }).flatMap((row) => [...row]);
    expect(first.filter(Number.isFinite)).toEqual([...before]);
  });

  test.each([
    ['is fixed', {}],
    ['is held at an angle', { angle: 30, bits: 6, range: 2 }],
    ['is relearned', { rule: kolenPollackFeedback({ eta: 0.5 }), sparsity: 0.3 }],
  ])('have B as the neurons use it, where it %s, in exports too', async (_, feedback) => {
    const engine = { engine: 'actors' } as const;
    const plan = small(feedback).plan({ ...engine, learners: ['rflo'] });
    const directory = await ran(plan);
    const session = openSession(sessionOptions(plan, plan.learners[0]));
    await eventsOf(session);
    observe(session.engine, two); // the next timestep brings B after the last changes
    const held = session.engine.held().find(({ place }) => place.kind === 'feedback');
    const used = Float64Array.from({ length: 6 }, (__, k) => held?.get(k) ?? NaN);
    const b = weightsOf(directory, 'feedback.error');
    expect(b.flatMap((row) => [...row])).toEqual([...used]);
    expect(
      feedbackWeights(session.engine.circuit.feedback[0], { ...session.engine.weights(), ...session.engine.carried() }),
    ).toEqual(used);
    const [file] = exportRun(directory, 'npz', directory);
    expect(unzipSync(bytesOf(file))['rflo/weights/after/feedback.error.npy']).toEqual(npy(used, [3, 2]));
    const csv = exportRun(directory, 'csv', directory).find((name) => name.endsWith('weights.csv')) ?? '';
    expect(bytesOf(csv).toString()).toContain(`\nrflo,after,feedback.error,2,1,${used[5]}\n`);
  });

  test('of a probe that never reads leave a table with its head', async () => {
    const directory = await ran(small({}).plan());
    const files = exportRun(directory, 'csv', directory);
    const late = files.find((name) => name.endsWith('probe-late.csv')) ?? '';
    expect(bytesOf(late).toString()).toBe('learner,trial,timestep,v0,v1,v2\n');
    const [file] = exportRun(directory, 'npz', directory);
    expect(unzipSync(bytesOf(file))['bptt/probes/late.npy']).toEqual(npy(new Float64Array(0), [0, 3]));
  });

  test('that are not there are refused, with what there is', async () => {
    const directory = await ran(small({}).plan());
    const rflo = { learner: 'rflo' };
    expect(complaint(() => weightsOf(directory, 'recurrent'))).toContain(
      "has several learners; give one as learner: 'rflo' or 'bptt'",
    );
    expect(complaint(() => weightsOf(directory, 'recurrent', { learner: 'rtrl' }))).toContain(
      "unknown learner 'rtrl'; expected 'rflo' or 'bptt'",
    );
    expect(complaint(() => weightsOf(directory, 'recurent', rflo))).toContain(
      "unknown group 'recurent'; expected 'recurrent', 'readout' or 'feedback.error'",
    );
    expect(complaint(() => weightsOf(directory, 'feedback.error', { learner: 'bptt' }))).toContain(
      "expected 'recurrent' or 'readout'",
    );
    expect(complaint(() => weightsOf(directory, 'recurrent', { ...rflo, when: 'now' as 'after' }))).toContain(
      "weightsOf.when: expected 'before' or 'after', got 'now'",
    );
    expect(complaint(() => weightsOf(directory, 'recurrent', { lerner: 'rflo' } as object))).toContain(
      'weightsOf.lerner',
    );
    const nowhere = join(directory, 'nowhere');
    expect(complaint(() => weightsOf(nowhere, 'recurrent'))).toContain('nowhere: holds no run');
    mkdirSync(nowhere);
    writeFileSync(join(nowhere, 'sweep.json'), '{}');
    expect(complaint(() => weightsOf(nowhere, 'recurrent'))).toContain('nowhere: is a sweep');
  });

  test('are not those of an end from which the run goes on', async () => {
    const until = (event: RunEvent) =>
      !(event.type === 'session' && event.event.type === 'trial' && event.event.trial === 3);
    const plan = small({}).plan({ learners: ['rflo'] });
    const directory = await ran(plan, until);
    expect(complaint(() => weightsOf(directory, 'recurrent'))).toContain('has recorded no weights after learning');
    expect(weightsOf(directory, 'recurrent', { when: 'before' })).toHaveLength(3);
  });
});

import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { algorithmNamed, builtInSolvers, unknownLearner } from '../algorithms/index.ts';
import { build, holds, type HeldThing } from '../circuit/index.ts';
import { InputError, show } from '../errors/index.ts';
import { loadScenario } from '../loading/index.ts';
import { Refusal } from '../local/index.ts';
import {
  certifyLearner,
  certifyRefusal,
  certifyRule,
  lavaGroup,
  lavaRule,
  referenceCircuit,
  type Certificate,
  type LavaRule,
} from '../locality/index.ts';
import { certificatesOf } from '../recording/index.ts';
import { builtInRules } from '../rules/index.ts';
import { resolveLearner } from '../training/index.ts';
import { certificatePage } from './certificate-page.ts';
import { heldTable } from './held-table.ts';
import { lavaPage } from './lava-page.ts';
import { feedbackOption, names, namesOf, number, settingsFrom } from './options.ts';

interface AuditFlags {
  readonly learner?: readonly string[];
  readonly seed?: number;
  readonly set?: readonly string[];
  readonly feedback?: 'random' | 'symmetric';
  readonly json?: boolean;
  readonly lava?: boolean;
}

/** What was audited. */
interface Audit {
  /** The circuit, in words; null for a rule, which is audited without one. */
  readonly circuit: string | null;
  readonly certificates: readonly Certificate[];
  /** The rules as Lava's text; absent unless requested. */
  readonly lava?: readonly LavaRule[];
  /** What the circuit of a scenario holds while it learns by its own rules; null without a scenario. */
  readonly holds: readonly HeldThing[] | null;
}

const RULES = builtInRules.map((rule) => rule());

/** `rxflo audit RULE|SOLVER|SCENARIO`: finds by analysis how local a rule or a learner is. */
export function auditCommand(): Command {
  return new Command('audit')
    .summary('certify how local a rule or a learner is')
    .description(
      'Finds by analysis what synapses read, store and compute under a rule or a learner, and how local that makes it. A solver named without a scenario is audited on a ring of 12 neurons.',
    )
    .argument(
      '<name>',
      `${RULES.map((rule) => rule.name).join(', ')}, ${namesOf(builtInSolvers)}, or a scenario file, which audits each of its learners on its circuit`,
    )
    .addOption(names('--learner <names...>', "audit only these learners: some of the scenario's, or others by name"))
    .addOption(number('--seed <s>', 'the seed that the connections are drawn from', 'whole'))
    .addOption(feedbackOption())
    .option('--set <name=value...>', "set the scenario's options")
    .option('--lava', "print rules as text for Lava's learning engine (Loihi 2), with dependencies and traces")
    .option('--json', 'print the certificates as JSON')
    .addHelpText(
      'after',
      `
Examples:
  rxflo audit rflo
  rxflo audit bptt
  rxflo audit rflo --lava
  rxflo audit scenarios/periodic.ts --learner rflo rtrl
  rxflo audit scenarios/periodic.ts --feedback symmetric --json

Exit codes: 0 done, 1 the audit failed, 2 the input is wrong, or a rule was refused.`,
    )
    .action(async (name: string, flags: AuditFlags) => {
      try {
        print(await audited(name, flags), flags);
      } catch (error) {
        // A refused rule gets no certificate; the error says where the problem is and what to write instead.
        if (error instanceof Refusal)
          print({ circuit: null, certificates: [certifyRefusal(error)], holds: null }, flags);
        throw error;
      }
    });
}

async function audited(name: string, flags: AuditFlags): Promise<Audit> {
  if (/[./\\]/.test(name) || existsSync(name)) return scenarioAudited(name, flags);
  const wrong = (['learner', 'seed', 'set'] as const).find((flag) => flags[flag] !== undefined);
  if (wrong)
    throw new InputError(`--${wrong}`, `applies only to a scenario file, and ${show(name)} is not one; leave it out`);
  const rule = RULES.find((one) => one.name === name);
  if (!rule) return solverAudited(name, flags);
  if (flags.feedback)
    throw new InputError(
      '--feedback',
      `applies only to a scenario file or a solver, and ${show(name)} is a rule; leave it out`,
    );
  return {
    circuit: null,
    certificates: [certifyRule(rule)],
    holds: null,
    ...(flags.lava && { lava: [lavaRule(rule)] }),
  };
}

async function scenarioAudited(file: string, { learner, seed, set, feedback, lava }: AuditFlags): Promise<Audit> {
  const { scenario, within } = await loadScenario(file);
  const overrides = {
    settings: settingsFrom(scenario.options, set ?? []),
    usualEngine: 'kernels',
    ...(learner && { learners: learner }),
    ...(seed !== undefined && { seed }),
    ...(feedback && { feedback }),
  } as const;
  return within(() => {
    const plan = scenario.plan(overrides);
    const { circuit, seed: drawn, carry } = plan;
    return {
      circuit: `that of ${file}, seed ${drawn}`,
      certificates: certificatesOf(plan),
      holds: holds(circuit, { seed: drawn, carry }),
      ...(lava && { lava: build(circuit, drawn, { carry }).groups.flatMap((group) => lavaGroup(group) ?? []) }),
    };
  });
}

function solverAudited(name: string, { feedback, lava }: AuditFlags): Audit {
  if (!algorithmNamed(name)) {
    const rules = RULES.map((rule) => rule.name);
    throw new InputError('audit', unknownLearner(name, rules, { advice: ', or a scenario file' }));
  }
  if (lava) throw new InputError('--lava', `applies only to rules, and ${show(name)} is a solver; leave it out`);
  const definition = referenceCircuit();
  const learner = resolveLearner(name, definition, { trials: 1, ...(feedback && { feedback }) });
  return {
    circuit: 'a ring of 12 neurons h, each joined to itself and the next, read out by y (no circuit was named)',
    certificates: [certifyLearner(build(definition, 1), learner)],
    holds: null,
  };
}

function print(audit: Audit, { json = false }: AuditFlags): void {
  const { circuit, certificates, holds: held, lava } = audit;
  const text = json
    ? JSON.stringify(audit, null, 2)
    : [
        ...(lava ? lava.map(lavaPage) : certificates.map(certificatePage)),
        ...(held && !lava ? [heldTable(held)] : []),
        ...(circuit === null ? [] : [`Circuit: ${circuit}.`]),
      ].join('\n\n');
  process.stdout.write(`${text}\n`);
}

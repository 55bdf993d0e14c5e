import { dni, dniB, kernl, kfRtrl, nodePerturbation, ok, rKfRtrl, uoro, type LearnerOptions } from 'rxflo';

/** The online algorithms of Marschall, Cho & Savin (2020), and later ones, with the settings of the authors' programs. The first is exact. */
export function onlineFamily({
  creditRate,
  jacobianRate,
}: {
  readonly creditRate: number;
  readonly jacobianRate: number;
}): readonly LearnerOptions<'rflo'>[] {
  return [
    { name: 'RTRL', learner: 'rtrl' },
    { name: 'UORO', learner: uoro({ epsilon: 0, start: 'normal' }) },
    { name: 'KF-RTRL', learner: kfRtrl({ epsilon: 0, start: 'normal' }) },
    { name: 'R-KF-RTRL', learner: rKfRtrl({ epsilon: 0, start: 'normal' }) },
    { name: 'OK(2)', learner: ok(2) },
    { name: 'RFLO', learner: 'rflo', feedback: 'symmetric' },
    { name: 'KeRNL', learner: kernl({ sigma: 1e-3, eta: 5 }) },
    { name: 'SnAp-1', learner: 'snap-1' },
    { name: 'DNI', learner: dni({ creditRate }) },
    { name: 'DNI(b)', learner: dniB({ creditRate, jacobianRate }) },
    { name: 'E-BPTT(10)', learner: 'e-bptt-10' },
    { name: 'F-BPTT(10)', learner: 'f-bptt-10' },
    { name: 'node perturbation', learner: nodePerturbation({ decay: 0.9 }) },
  ];
}

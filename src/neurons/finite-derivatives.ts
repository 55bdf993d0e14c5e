/**
 * What is wrong with a neuron whose rate is finite and whose slope dh(t)/du(t) or retention dh(t)/dh(t-1) is not, at the summed input u;
 * undefined if both are finite. The network has not diverged then: the model's derivative does not hold there.
 */
export function derivativeProblem(u: number, slope: number, retention: number): string | undefined {
  // x - x is 0 for a finite x and NaN for any other.
  if (slope - slope === 0 && retention - retention === 0) return undefined;
  const [name, value] = slope - slope === 0 ? ['retention', retention] : ['slope', slope];
  return `its ${name} is ${value} at u = ${u}, though its rate is finite`;
}

/**
 * A start value: the variable begins, once, as the synapse's initial weight, and goes on from trial to trial, as the weight itself does.
 * Only the rule's `after` changes it: `state: { held: weight }`, `after: ({ w }) => ({ held: w })`.
 */
export const weight: unique symbol = Symbol('weight');
